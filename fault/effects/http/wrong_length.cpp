#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> wrong_length;
const EffectOn<HttpPlan> wrong_length({"wrong-length",
                                       "Content-Length says more, or less, than is sent.",
                                       {Parameter{.name = "by",
                                                  .kind = Kind::integer,
                                                  .summary = "Bytes more; negative: fewer.",
                                                  .fallback = "10",
                                                  .least = -100000,
                                                  .most = 100000}}},
                                      [](HttpPlan& p, const Arguments& a) { p.wrong_length = a.integer("by"); });

}  // namespace firstlight::fault::http
