// The rules of a scenario's `faults:` as plain data. Read by the loader, resolved for a run and a seed by the plan
// (harness/plan/faults.hpp), and named by the judge and the reports.
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

/// The rule as the engine takes it, but for its `cameras`, which are empty until a plan resolves the selector.
struct FaultRule : fault::Rule {
  Position position;
  const fault::PointInfo* point = nullptr;  // of `at`
  FaultCameras selector;
  /// One seed, the same firings: bounded by attempts (`first N`, `only N`), and neither a time nor an event decides.
  bool repeatable = true;
};

}  // namespace firstlight::language
