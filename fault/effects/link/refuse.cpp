#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> refuse;
const EffectOn<LinkPlan> refuse(
    {"refuse",
     "The service's port is closed while the rule is active: connecting is refused. Some cameras only: simulated ones, "
     "which then have a destination address of their own.",
     {},
     Moment::window},
    [](LinkPlan& p, const Arguments&) { p.port_closed = true; });

}  // namespace firstlight::fault::link
