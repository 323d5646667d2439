#include "journal/event.hpp"

#include <array>

namespace firstlight::journal {

namespace {
constexpr std::array<std::string_view, 8> kSources{"run",        "camera", "endorse", "keys",
                                                   "config_api", "iot",    "edge",    "broker"};
}  // namespace

std::string_view source_name(Source s) {
  return kSources[static_cast<std::size_t>(s)];
}

std::optional<Stage> find_stage(std::string_view name) {
  for (const auto& info : kStages)
    if (info.name == name) return info.stage;
  return std::nullopt;
}

std::optional<Stage> stage_asking(std::string_view service) {
  for (const auto& info : kStages)
    if (!service.empty() && info.service == service) return info.stage;
  return std::nullopt;
}

std::string_view event_name(const Payload& payload) {
  return std::visit([](const auto& p) { return std::remove_cvref_t<decltype(p)>::kName; }, payload);
}

}  // namespace firstlight::journal
