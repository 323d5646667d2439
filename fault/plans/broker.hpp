// What happens to Mosquitto. Made by the runner at the rule's moment and carried out by fakes/broker/; edited by the
// effects in fault/effects/broker/.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct BrokerPlan {
  enum class Action : std::uint8_t { none, kill, freeze, restart } action = Action::none;
  Duration lasts{0};
  friend bool operator==(const BrokerPlan&, const BrokerPlan&) = default;
};

namespace broker {
using Plan = BrokerPlan;
}

}  // namespace firstlight::fault
