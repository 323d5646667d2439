// How many file descriptors the process of one scenario may have open at a time, counted from the sockets that its
// cameras and faults make. Part of the Plan; the runner compares it with the machine's limit before it starts; pure.
#pragma once

#include <cstddef>

#include "harness/plan/faults.hpp"

namespace firstlight::harness {

struct Descriptors {
  std::size_t lab = 0;          // files, pipes, event loops, and the listening sockets of the services
  std::size_t listeners = 0;    // of cameras with a destination of their own
  std::size_t connections = 0;  // of the cameras, both ends
  [[nodiscard]] std::size_t total() const { return lab + listeners + connections; }
};

/// The most at a time. `faults` are the scenario's, planned.
[[nodiscard]] Descriptors count_descriptors(const language::Scenario& scenario, const FaultPlan& faults);

}  // namespace firstlight::harness
