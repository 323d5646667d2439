#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> garbage;
const EffectOn<HttpPlan> garbage({"garbage",
                                  "Bytes that are no HTTP, instead of an answer.",
                                  {Parameter{.name = "bytes",
                                             .kind = Kind::bytes,
                                             .summary = "How many.",
                                             .fallback = "512B",
                                             .least = 1,
                                             .most = 1048576}}},
                                 [](HttpPlan& p, const Arguments& a) { p.garbage = a.integer("bytes"); });

}  // namespace firstlight::fault::http
