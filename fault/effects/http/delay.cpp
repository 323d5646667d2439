#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> delay;
const EffectOn<HttpPlan> delay({"delay",
                                "The answer comes late.",
                                {Parameter{.name = "by", .kind = Kind::duration, .summary = "How late."}}},
                               [](HttpPlan& p, const Arguments& a) { p.delay += a.duration("by"); });

}  // namespace firstlight::fault::http
