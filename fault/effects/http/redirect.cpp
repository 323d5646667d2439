#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> redirect;
const EffectOn<HttpPlan> redirect({"redirect",
                                   "A redirect to somewhere else.",
                                   {Parameter{.name = "to",
                                              .kind = Kind::text,
                                              .summary = "The Location header.",
                                              .fallback = "https://elsewhere.example/"}}},
                                  [](HttpPlan& p, const Arguments& a) {
                                    wire::HttpResponse answer;
                                    answer.status = 302;
                                    answer.content_type.clear();
                                    answer.headers.emplace_back("Location", a.text("to"));
                                    p.instead = std::move(answer);
                                  });

}  // namespace firstlight::fault::http
