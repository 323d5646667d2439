// The configuration, before it is serialised. Made by fakes/config_api/; edited by the effects in
// fault/effects/config_api_body/, which include the JSON library themselves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "fault/effect.hpp"

namespace firstlight::fault {

/// Which rules count is told from the document.
struct BodyDraft {
  nlohmann::ordered_json* document = nullptr;
  /// Where a dotted path leads (`mqtt_config.endpoint`); null: nowhere.
  [[nodiscard]] nlohmann::ordered_json* at(const std::string& path) const;
};

namespace config_api_body {
using Plan = BodyDraft;
}

}  // namespace firstlight::fault
