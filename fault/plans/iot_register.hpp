// The registration of a certificate. Made and carried out by fakes/iot/faults_io.cpp; edited by the effects in
// fault/effects/iot_register/.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct RegisterPlan {
  Duration delay{0};
  enum class Answer : std::uint8_t { proper, error, throttled, lost } answer = Answer::proper;
  friend bool operator==(const RegisterPlan&, const RegisterPlan&) = default;
};

namespace iot_register {
using Plan = RegisterPlan;
}

}  // namespace firstlight::fault
