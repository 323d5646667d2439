#include "fault/plans/attach.hpp"

namespace firstlight::fault::attach {

extern const EffectOn<AttachPlan> reject;
const EffectOn<AttachPlan> reject({"reject", "The network rejects the attach for now."},
                                  [](AttachPlan& p, const Arguments&) { p.answer = AttachPlan::Answer::reject; });

}  // namespace firstlight::fault::attach
