#include "fault/plans/attach.hpp"

namespace firstlight::fault::attach {

extern const EffectOn<AttachPlan> bar;
const EffectOn<AttachPlan> bar({"bar", "The network rejects the attach for good."},
                               [](AttachPlan& p, const Arguments&) { p.answer = AttachPlan::Answer::bar; });

}  // namespace firstlight::fault::attach
