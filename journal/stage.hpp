// The stages of a camera's path and what is true of each, from journal/stage_list.def. Used by the camera that passes
// them, by the events that name them, and by whoever measures or judges those.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace firstlight::journal {

/// In the order of the path.
enum class Stage : std::uint8_t {
#define X(name, service, failures) name,
#include "journal/stage_list.def"
#undef X
};

/// How the failures of a stage are counted for its back-off.
enum class Failures : std::uint8_t {
  own_count,
  shared_count,  // with mqtt_connect: connection, subscription, status and session are one
  no_count,      // nobody waits after it
};

struct StageInfo {
  Stage stage{};
  std::string_view name;
  std::string_view service;  // the fake that it is the first to ask; empty: none
  Failures failures{};
};

/// In the order of the path.
inline constexpr std::array kStages{
#define X(name, service, failures) StageInfo{Stage::name, #name, service, Failures::failures},
#include "journal/stage_list.def"
#undef X
};
inline constexpr std::size_t kStageCount = kStages.size();

[[nodiscard]] constexpr const StageInfo& info_of(Stage stage) {
  return kStages[static_cast<std::size_t>(stage)];
}
[[nodiscard]] constexpr std::string_view stage_name(Stage stage) {
  return info_of(stage).name;
}
/// The stage under which the failures of `stage` are counted.
[[nodiscard]] constexpr Stage counted_as(Stage stage) {
  return info_of(stage).failures == Failures::shared_count ? Stage::mqtt_connect : stage;
}
/// Nothing: there is no such stage.
[[nodiscard]] std::optional<Stage> find_stage(std::string_view name);
/// The stage that is the first to ask this service; nothing: none does.
[[nodiscard]] std::optional<Stage> stage_asking(std::string_view service);

}  // namespace firstlight::journal
