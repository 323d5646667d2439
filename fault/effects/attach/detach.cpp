#include "fault/plans/attach.hpp"

namespace firstlight::fault::attach {

extern const EffectOn<AttachPlan> detach;
const EffectOn<AttachPlan> detach(
    {"detach",
     "The network drops the camera a while after it attached; it attaches anew.",
     {Parameter{.name = "after", .kind = Kind::duration, .summary = "Counted from the attach."}}},
    [](AttachPlan& p, const Arguments& a) { p.detach_after = a.duration("after"); });

}  // namespace firstlight::fault::attach
