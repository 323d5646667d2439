#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> stall;
const EffectOn<LinkPlan> stall({"stall",
                                "Nothing moves any more, and nobody says so.",
                                {Parameter{.name = "after",
                                           .kind = Kind::bytes,
                                           .summary = "Payload that passes before, in both directions together.",
                                           .fallback = "0B"}}},
                               [](LinkPlan& p, const Arguments& a) { p.stall_after = a.integer("after"); });

}  // namespace firstlight::fault::link
