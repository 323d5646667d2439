// What becomes of a device certificate in the registry. Made and carried out by fakes/iot/faults_io.cpp; edited by the
// effects in fault/effects/iot_certificate/.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct CertificateStatusPlan {
  enum class Status : std::uint8_t { active, inactive, revoked } status = Status::active;
  std::optional<Duration> expires_in;  // its validity ends so long after the issue
  Duration propagation{0};             // the edge learns of it so much later
  friend bool operator==(const CertificateStatusPlan&, const CertificateStatusPlan&) = default;
};

namespace iot_certificate {
using Plan = CertificateStatusPlan;
}

}  // namespace firstlight::fault
