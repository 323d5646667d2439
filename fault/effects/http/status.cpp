#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> status;
const EffectOn<HttpPlan> status(
    {"status",
     "Another status, and the service is not asked.",
     {Parameter{.name = "code", .kind = Kind::integer, .summary = "The status.", .least = 200, .most = 599},
      Parameter{.name = "retry_after",
                .kind = Kind::duration,
                .summary = "The Retry-After header, in whole seconds; 0s: none.",
                .fallback = "0s"}}},
    [](HttpPlan& p, const Arguments& a) {
      wire::HttpResponse answer;
      answer.status = static_cast<unsigned>(a.integer("code"));
      answer.body = R"({"code":"InjectedFault","message":"The scenario asked for this answer."})";
      const auto wait = std::chrono::ceil<std::chrono::seconds>(a.duration("retry_after"));
      if (wait.count() > 0) answer.headers.emplace_back("Retry-After", std::to_string(wait.count()));
      p.instead = std::move(answer);
    });

}  // namespace firstlight::fault::http
