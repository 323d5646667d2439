// A device certificate, before it is issued. Made and carried out by fakes/config_api/certificate_faults.cpp; edited by
// the effects in fault/effects/config_api_certificate/.
#pragma once

#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

struct CertificatePlan {
  /// What the certificate's two dates are made of; together they give one validity.
  struct Dates {
    std::optional<Duration> expired;        // so long ago
    std::optional<Duration> not_yet_valid;  // for so long
    std::optional<Duration> lifetime;
    friend bool operator==(const Dates&, const Dates&) = default;
  } dates;
  bool foreign_key = false;        // the private key handed out is another one
  bool foreign_authority = false;  // signed by an authority that nobody knows
  bool server_usage = false;       // extended key usage serverAuth only
  bool other_device = false;       // another device's certificate and key
  bool weak_key = false;           // RSA-1024
  friend bool operator==(const CertificatePlan&, const CertificatePlan&) = default;
};

namespace config_api_certificate {
using Plan = CertificatePlan;
}

}  // namespace firstlight::fault
