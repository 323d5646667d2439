// A network attach of a simulated camera, as the modelled network will answer it. Made and carried out by
// sim/device_faults.cpp; edited by the effects in fault/effects/attach/.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct AttachPlan {
  Duration delay{0};
  enum class Answer : std::uint8_t { accept, reject, bar } answer = Answer::accept;
  std::optional<Duration> detach_after;  // the network drops the camera then, and it attaches anew
  friend bool operator==(const AttachPlan&, const AttachPlan&) = default;
};

namespace attach {
using Plan = AttachPlan;
}

}  // namespace firstlight::fault
