// The cryptography that a camera's state machine needs, as pure calls, so that the machine holds no OpenSSL object. The
// driver gives it the shard's OpensslVerifier (sim/openssl_verifier.hpp); tests may give it a scripted one.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "sim/device_config.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

namespace firstlight::sim {

class Verifier {
 public:
  virtual ~Verifier() = default;
  /// Errors: key-malformed, token-signature. The same arguments give the same answer.
  [[nodiscard]] virtual result<void> verify_token(const wire::ParsedToken& token, std::string_view key_pem) = 0;
  /// HS256 with the text of the key as the secret: what a camera with a defect mistakes for a verification. Errors:
  /// token-signature.
  [[nodiscard]] virtual result<void> verify_hmac(const wire::ParsedToken& token, std::string_view key_pem) = 0;
  /// Certificate, key and trust anchor parse, the key belongs to the certificate, and a TLS library will use both for a
  /// client. Errors: certificate-malformed, key-malformed, certificate-key-mismatch, certificate-weak,
  /// certificate-usage. The caller judges the validity against its own clock.
  [[nodiscard]] virtual result<wire::Validity> check_identity(const DeviceConfig& config) = 0;
};

}  // namespace firstlight::sim
