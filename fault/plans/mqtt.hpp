// An MQTT connection, at the edge. Made and carried out by fakes/edge/faults.cpp and faults_io.cpp; edited by the
// effects in fault/effects/mqtt/.
#pragma once

#include <cstdint>
#include <optional>

#include "fault/effect.hpp"

namespace firstlight::fault {

struct MqttPlan {
  std::optional<int> connack;  // refused with this code
  bool withhold_connack = false;
  bool withhold_suback = false;
  std::optional<int> suback;  // every filter is answered with this code
  bool withhold_puback = false;
  bool withhold_pingresp = false;
  std::optional<std::int64_t> disconnect_after;  // packets of the device
  std::optional<std::int64_t> oversized;         // bytes of a PUBLISH that no device holds, after the SUBACK
  bool malformed = false;                        // a packet that is none, after the SUBACK
  bool session_lost = false;                     // the broker's session is thrown away before the CONNECT
  bool taken_over = false;                       // somebody else connects with the same client id
  friend bool operator==(const MqttPlan&, const MqttPlan&) = default;
};

namespace mqtt {
using Plan = MqttPlan;
}

}  // namespace firstlight::fault
