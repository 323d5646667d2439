#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> empty;
const EffectOn<HttpPlan> empty({"empty", "The status is 200 and the body is empty."},
                               [](HttpPlan& p, const Arguments&) { p.empty_body = true; });

}  // namespace firstlight::fault::http
