// The rules of a scenario's `faults:` as plain data. Read by the loader, resolved for a run and a seed by the plan
// (plan/faults.hpp), and named by the judge and the reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fault/rule.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

/// Whom a rule concerns: a share or a number of cameras, drawn by the seed, or the cameras listed.
struct FaultCameras {
  CameraSet part;                                               // when `listed` is empty
  std::vector<std::pair<std::uint32_t, std::uint32_t>> listed;  // from, to: inclusive
  [[nodiscard]] bool all() const { return listed.empty() && part == CameraSet{}; }
};

struct FaultRule {
  Position position;
  std::string id;
  std::string at;      // the point as written: a name of fault::catalogue()
  std::string effect;  // its name
  const fault::PointInfo* point = nullptr;
  const fault::EffectInfo* what = nullptr;
  fault::Arguments arguments;
  FaultCameras cameras;
  fault::Attempts attempts;
  double probability = 1;
  std::optional<fault::Window> between;
  std::optional<fault::Trigger> after;
  /// One seed, the same firings: bounded by attempts (`first N`, `only N`), and neither a time nor an event decides.
  bool repeatable = true;
};

}  // namespace firstlight::language
