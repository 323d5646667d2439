#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> partition;
const EffectOn<LinkPlan> partition({"partition", "Nothing moves while the rule is active; what was held then arrives."},
                                   [](LinkPlan& p, const Arguments&) { ++p.partitions; });

}  // namespace firstlight::fault::link
