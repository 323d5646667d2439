// A refused connection as the lab tells of it, and whether it can. Made by Refusals, taken by the fault clock; plain
// data.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "harness/plan/faults.hpp"

namespace firstlight::harness {

/// A port that a rule had closed was tried, and the kernel refused.
struct RefusedConnection {
  ListenerId listener;
  std::uint32_t camera = 0;  // by the address that it came from; 0: no camera's
  std::string peer;          // that address
  SteadyClock::time_point seen;
};

/// Who can say that a connection was refused.
enum class RefusalWitness : std::uint8_t {
  kernel,
  nobody,  // the kernel here does not show it, or nobody asked
};

}  // namespace firstlight::harness
