#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> bandwidth;
const EffectOn<LinkPlan> bandwidth({"bandwidth",
                                    "So many bytes a second pass, in each direction.",
                                    {Parameter{
                                        .name = "rate", .kind = Kind::bytes, .summary = "A second.", .least = 1}}},
                                   [](LinkPlan& p, const Arguments& a) { p.bytes_per_second = a.integer("rate"); });

}  // namespace firstlight::fault::link
