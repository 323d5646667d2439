// The edge's question whether a certificate may connect. Made and carried out by fakes/edge/; edited by the effects in
// fault/effects/iot_verify/.
#pragma once

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct VerifyPlan {
  Duration delay{0};
  bool down = false;
  friend bool operator==(const VerifyPlan&, const VerifyPlan&) = default;
};

namespace iot_verify {
using Plan = VerifyPlan;
}

}  // namespace firstlight::fault
