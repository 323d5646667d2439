// One boot of a simulated camera, or something that happens to it at a moment. Made and carried out by sim/; edited by
// the effects in fault/effects/camera/.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"
#include "journal/event.hpp"

namespace firstlight::fault {

struct CameraPlan {
  bool cut_power = false;
  std::optional<journal::Stage> cut_at;  // when that stage begins; nothing: at once (scheduled)
  Duration off_for{0};
  enum class Store : std::uint8_t { sound, torn, corrupt, full } store = Store::sound;
  std::optional<Duration> clock_by;  // the camera's clock moves; may be negative
  bool swap_sim = false;
  std::uint32_t clone_of = 0;  // the camera starts with this one's store
  friend bool operator==(const CameraPlan&, const CameraPlan&) = default;
};

namespace camera {
using Plan = CameraPlan;
}

}  // namespace firstlight::fault
