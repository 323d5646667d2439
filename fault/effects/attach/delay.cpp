#include "fault/plans/attach.hpp"

namespace firstlight::fault::attach {

extern const EffectOn<AttachPlan> delay;
const EffectOn<AttachPlan> delay({"delay",
                                  "The network takes longer to accept the attach.",
                                  {Parameter{.name = "for", .kind = Kind::duration, .summary = "How long."}}},
                                 [](AttachPlan& p, const Arguments& a) { p.delay += a.duration("for"); });

}  // namespace firstlight::fault::attach
