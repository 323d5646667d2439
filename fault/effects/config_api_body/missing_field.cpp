#include <nlohmann/json.hpp>

#include "fault/plans/config_api_body.hpp"

namespace firstlight::fault::config_api_body {

extern const EffectOn<BodyDraft> missing_field;
const EffectOn<BodyDraft> missing_field(
    {"missing-field",
     "A field is absent.",
     {Parameter{
         .name = "field", .kind = Kind::text, .summary = "Its dotted path.", .fallback = "mqtt_config.endpoint"}}},
    [](BodyDraft& p, const Arguments& a) {
      const auto& path = a.text("field");
      const auto dot = path.rfind('.');
      auto* parent = dot == std::string::npos ? p.document : p.at(path.substr(0, dot));
      if (parent != nullptr && parent->is_object()) parent->erase(path.substr(dot == std::string::npos ? 0 : dot + 1));
    });

}  // namespace firstlight::fault::config_api_body
