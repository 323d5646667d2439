#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> html;
const EffectOn<HttpPlan> html(
    {"html", "An HTML page with status 200, as captive portals send it."}, [](HttpPlan& p, const Arguments&) {
      wire::HttpResponse page;
      page.content_type = "text/html; charset=utf-8";
      page.body = "<!doctype html><html><title>Sign in</title><body><h1>Welcome to the network</h1></body></html>";
      p.instead = std::move(page);
    });

}  // namespace firstlight::fault::http
