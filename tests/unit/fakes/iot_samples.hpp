// Certificates for tests of the IoT registry and its rules.
#pragma once

#include <string>

#include "fakes/iot/records.hpp"

namespace firstlight::fakes::iot {

/// A certificate of the given id whose content does not matter.
inline IssuedCertificate sample_certificate(const std::string& digit,
                                            WallTime from = from_unix_seconds(1'700'000'000)) {
  IssuedCertificate certificate;
  while (certificate.id.value().size() < 64) certificate.id = CertificateId(certificate.id.value() + digit);
  certificate.id = CertificateId(certificate.id.value().substr(0, 64));
  certificate.certificate_pem = "PEM of " + digit;
  certificate.private_key_pem = "secret of the device";
  certificate.validity = {from, from + std::chrono::hours(24)};
  return certificate;
}

}  // namespace firstlight::fakes::iot
