#include <nlohmann/json.hpp>

#include "fault/plans/config_api_body.hpp"

namespace firstlight::fault::config_api_body {

extern const EffectOn<BodyDraft> mistyped_field;
const EffectOn<BodyDraft> mistyped_field(
    {"mistyped-field",
     "A field has another type: an object becomes a text, everything else an object.",
     {Parameter{.name = "field", .kind = Kind::text, .summary = "Its dotted path.", .fallback = "mqtt_config.port"}}},
    [](BodyDraft& p, const Arguments& a) {
      auto* field = p.at(a.text("field"));
      if (field == nullptr) return;
      if (field->is_object())
        *field = "not an object";
      else
        *field = {{"unexpected", true}};
    });

}  // namespace firstlight::fault::config_api_body
