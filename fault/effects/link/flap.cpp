#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> flap;
const EffectOn<LinkPlan> flap(
    {"flap",
     "The link goes up and down in turns; what was held arrives in the next up phase.",
     {Parameter{.name = "up",
                .kind = Kind::duration,
                .summary = "Length of an up phase; the first.",
                .fallback = "1s",
                .least = 1},
      Parameter{
          .name = "down", .kind = Kind::duration, .summary = "Length of a down phase.", .fallback = "1s", .least = 1}}},
    [](LinkPlan& p, const Arguments& a) {
      p.flap = LinkPlan::Flap{a.duration("up"), a.duration("down")};
    });

}  // namespace firstlight::fault::link
