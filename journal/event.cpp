#include "journal/event.hpp"

#include <array>

namespace firstlight::journal {

namespace {
constexpr std::array<std::string_view, 8> kSources{"run",        "camera", "endorse", "keys",
                                                   "config_api", "iot",    "edge",    "broker"};
constexpr std::array<std::string_view, kStageCount> kStages{"attach", "endorse",      "verify",    "config",
                                                            "store",  "mqtt_connect", "subscribe", "status"};
}  // namespace

std::string_view source_name(Source s) {
  return kSources[static_cast<std::size_t>(s)];
}
std::string_view stage_name(Stage s) {
  return kStages[static_cast<std::size_t>(s)];
}

bool parse_stage(std::string_view name, Stage& out) {
  for (std::size_t i = 0; i < kStages.size(); ++i)
    if (kStages[i] == name) {
      out = static_cast<Stage>(i);
      return true;
    }
  return false;
}

std::string_view event_name(const Payload& payload) {
  return std::visit([](const auto& p) { return std::remove_cvref_t<decltype(p)>::kName; }, payload);
}

}  // namespace firstlight::journal
