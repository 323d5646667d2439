// The Verifier on a shard's OpenSSL context. Owned by the fleet's shard; keeps the public keys that have verified a
// token, and for a moment the device keys that it parsed, because parsing a PEM key costs more than using it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/crypto.hpp"
#include "sim/verifier.hpp"

namespace firstlight::sim {

/// A device's certificate and key, ready for SSL_use_certificate and SSL_use_PrivateKey.
struct Identity {
  X509Ptr certificate;
  PkeyPtr key;
};

class OpensslVerifier final : public Verifier {
 public:
  explicit OpensslVerifier(const CryptoContext& crypto) : crypto_(crypto) {}

  [[nodiscard]] result<void> verify_token(const wire::ParsedToken& token, std::string_view key_pem) override;
  [[nodiscard]] result<void> verify_hmac(const wire::ParsedToken& token, std::string_view key_pem) override;
  [[nodiscard]] result<wire::Validity> check_identity(const DeviceConfig& config) override;

  /// The PEM of a key that has verified a token with this id before.
  [[nodiscard]] std::optional<std::string> proven_key(const std::string& key_id) const;
  /// What check_identity parsed a moment ago for this certificate, or parsed now. Errors: certificate-malformed,
  /// key-malformed.
  [[nodiscard]] result<Identity> take_identity(const std::string& certificate_pem, const std::string& key_pem);

 private:
  struct ProvenKey {
    std::string pem;
    PkeyPtr key;
  };
  struct Parsed {
    std::string certificate_pem;
    std::string key_pem;
    Identity identity;
  };
  static constexpr std::size_t kMaxKeys = 32;
  static constexpr std::size_t kMaxParsed = 64;

  const CryptoContext& crypto_;
  std::map<std::string, ProvenKey> keys_;  // by key id
  std::string good_ca_;                    // the last that parsed; a fleet shares one
  std::deque<Parsed> parsed_;              // oldest first
};

}  // namespace firstlight::sim
