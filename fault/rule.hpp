// One rule of a scenario, resolved for a run: which effect, at which points, for which cameras and attempts, and when.
// Made by the plan from a scenario and a seed; the engine holds it and never changes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fault/catalogue.hpp"

namespace firstlight::fault {

/// first, first + every, … up to last; attempts count from 1.
struct Attempts {
  std::uint32_t first = 1;
  std::uint32_t last = UINT32_MAX;
  std::uint32_t every = 1;
  [[nodiscard]] bool contains(std::uint32_t n) const { return n >= first && n <= last && (n - first) % every == 0; }
  [[nodiscard]] bool all() const { return first == 1 && last == UINT32_MAX && every == 1; }
};

/// Scenario time, from the first moment to just before the second.
struct Window {
  Duration from{0};
  std::optional<Duration> to;  // nothing: for good
};

/// From `delay` after a journal event, for `lasts`. At points that cameras have, each camera's own event counts; at
/// `broker`, the first of any camera.
struct Trigger {
  std::string event;
  Duration delay{0};
  std::optional<Duration> lasts;  // nothing: for good
};

struct Rule {
  std::string id;
  std::string at;  // the point as the scenario names it
  std::vector<Point> points;
  const EffectInfo* effect = nullptr;
  Arguments arguments;
  std::vector<bool> cameras;  // by camera number; [0] is true when all cameras are meant (and those of no scenario)
  Attempts attempts;
  double probability = 1;
  std::optional<Window> between;
  std::optional<Trigger> after;

  [[nodiscard]] bool scheduled() const {
    const bool timed = between || after;
    return effect->moment == Moment::scheduled || effect->moment == Moment::window ||
           (effect->moment == Moment::either && timed);
  }
  [[nodiscard]] bool for_all() const { return cameras.empty() || cameras[0]; }
  /// Happens to the lab once, and not to each camera: to Mosquitto, or for a window to what all cameras share.
  [[nodiscard]] bool lab_wide() const {
    return points.front() == Point::broker || (effect->moment == Moment::window && for_all());
  }
  [[nodiscard]] bool concerns(std::uint32_t camera) const {
    return camera < cameras.size() ? cameras[camera] : for_all();
  }
};

}  // namespace firstlight::fault
