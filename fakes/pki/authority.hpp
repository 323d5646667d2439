// A certificate authority of the lab: a key and a self-signed certificate. One signs the servers' certificates (its
// certificate is the CA file that devices trust), another the devices' certificates.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/time.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::iot {

/// The authority as bytes: what the state file keeps, and what each shard loads into its own library context.
using AuthorityPem = wire::IdentityPem;

/// A new self-signed EC P-256 authority, valid from a day before `now` for ten years.
[[nodiscard]] AuthorityPem make_authority(const CryptoContext& crypto, const std::string& common_name, WallTime now);

/// A server certificate (EC P-256) for the names and addresses, chain and key.
[[nodiscard]] wire::IdentityPem issue_server_identity(const CryptoContext& crypto, const AuthorityPem& authority,
                                                      const std::vector<std::string>& dns_names,
                                                      const std::vector<std::string>& ip_addresses, WallTime now);

struct IssuedCertificate {
  CertificateId id;
  std::string certificate_pem;
  std::string private_key_pem;
  wire::Validity validity;
  SteadyClock::time_point issued{};  // tells which of a device's certificates is the newer one
};

/// One shard's loaded device authority. Not thread-safe: it belongs to its shard's thread.
class Authority {
 public:
  /// Throws std::runtime_error for malformed material.
  Authority(const CryptoContext& crypto, const AuthorityPem& pem);

  /// A device certificate as AWS IoT issues them (subject CN=AWS IoT Certificate; identity is the certificate id, never
  /// the CN), with a new key.
  [[nodiscard]] IssuedCertificate issue_device(wire::KeyKind kind, const wire::Validity& validity);
  /// The same for a key that was made beforehand (in this authority's library context).
  [[nodiscard]] IssuedCertificate issue_device(EVP_PKEY* key, const wire::Validity& validity);
  /// For another usage than a device's: what a fault hands out.
  [[nodiscard]] IssuedCertificate issue(EVP_PKEY* key, const wire::Validity& validity, wire::CertificateUsage usage);
  [[nodiscard]] const std::string& certificate_pem() const { return pem_; }
  [[nodiscard]] X509* certificate() const { return certificate_.get(); }

 private:
  const CryptoContext& crypto_;
  std::string pem_;
  X509Ptr certificate_;
  PkeyPtr key_;
};

}  // namespace firstlight::fakes::iot
