#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> blackhole;
const EffectOn<LinkPlan> blackhole({"blackhole", "The connection is accepted, and nothing is ever read or answered."},
                                   [](LinkPlan& p, const Arguments&) { p.swallow = true; });

}  // namespace firstlight::fault::link
