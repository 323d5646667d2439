// EC P-256 keys as bytes (SEC 1 §2.3.3, RFC 5915, RFC 5480): the fixed forms that OpenSSL's encoders take a hundred
// times longer to write. Used by keys.cpp and x509_issue.cpp.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/crypto.hpp"

namespace firstlight::wire {

using P256Point = std::array<std::uint8_t, 65>;  // 0x04, x, y

/// The public point of a P-256 key; nothing for any other key.
[[nodiscard]] std::optional<P256Point> p256_point(EVP_PKEY* key);
/// The DER of RFC 5915's ECPrivateKey, with curve and public key; nothing for any other key. Cleanse it after use.
[[nodiscard]] std::optional<std::string> p256_private_der(EVP_PKEY* key);

}  // namespace firstlight::wire
