#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> truncated;
const EffectOn<HttpPlan> truncated(
    {"truncated",
     "The answer breaks off, and the connection closes.",
     {Parameter{.name = "keep", .kind = Kind::percent, .summary = "What is sent of it.", .fallback = "50%"}}},
    [](HttpPlan& p, const Arguments& a) { p.keep = a.share("keep"); });

}  // namespace firstlight::fault::http
