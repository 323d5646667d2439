// How long each camera waited between a failed attempt and what it did next, as measured: from what the camera tells of
// its stages, or, for a camera that tells nothing, from what the lab's services see of it. Used by the check backoff.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/check_context.hpp"

namespace firstlight::judge {

struct Wait {
  std::uint32_t camera = 0;
  journal::Stage stage{};        // that failed; mqtt_connect for a session that was lost
  std::uint32_t failures = 0;    // in a row, this one included; a CONNACK alone does not end the row
  bool count_is_certain = true;  // false: a CONNACK came in between, and whether it ends the row is the camera's rule
  bool after_connack = false;    // the attempt that failed had its CONNACK
  bool busy = false;             // the failure was a 429 or a 503
  bool finished = true;          // false: still waiting at the end, or switched off meanwhile
  double seconds = 0;            // so far, when it is not finished
  const journal::Event* failed = nullptr;
  const journal::Event* next = nullptr;  // null: not finished
};

/// How long a session must live to end the row of failures (docs/camera-policy.md, `stable_after`).
inline constexpr std::int64_t kStableNs = 30'000'000'000;

/// All waits of all cameras, by camera and time. Only those after a failure of `stage` when it is given; the stages of
/// MQTT are one. A store that fails makes no camera wait and is left out.
[[nodiscard]] std::vector<Wait> measured_waits(const CheckContext& context, std::optional<journal::Stage> stage);

}  // namespace firstlight::judge
