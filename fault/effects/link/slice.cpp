#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> slice;
const EffectOn<LinkPlan> slice(
    {"slice",
     "What the lab sends arrives in small pieces.",
     {Parameter{.name = "bytes", .kind = Kind::bytes, .summary = "Of one piece.", .fallback = "100B", .least = 1},
      Parameter{.name = "pause", .kind = Kind::duration, .summary = "Between two pieces.", .fallback = "1ms"}}},
    [](LinkPlan& p, const Arguments& a) {
      p.slice = LinkPlan::Slice{a.integer("bytes"), a.duration("pause")};
    });

}  // namespace firstlight::fault::link
