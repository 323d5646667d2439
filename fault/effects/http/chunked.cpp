#include "fault/plans/http.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> chunked;
const EffectOn<HttpPlan> chunked({"chunked",
                                  "The answer is sent chunked, which is right, and which small clients forget."},
                                 [](HttpPlan& p, const Arguments&) { p.chunked = true; });

}  // namespace firstlight::fault::http
