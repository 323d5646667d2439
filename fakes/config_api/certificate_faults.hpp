// What the rules of `config_api.certificate` do to one issue of a device certificate. Made by the config API for each
// issue; without such a rule it consults nothing.
#pragma once

#include "fakes/context/lab_context.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/pki/authority.hpp"
#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fakes::config_api {

class CertificateFaults {
 public:
  /// On the peer's shard.
  CertificateFaults(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts);

  /// Whether the certificate is to be another one than the proper.
  [[nodiscard]] bool any() const { return !injections_.empty(); }
  /// How many device keys issue() needs: none for a weak one, another for the one handed out in its place.
  [[nodiscard]] std::size_t keys_needed() const { return (plan_.weak_key ? 0U : 1U) + (plan_.foreign_key ? 1U : 0U); }
  /// As the plan says; what it leaves alone is proper. `keys`: of the kind that devices have, as many as are needed.
  [[nodiscard]] iot::IssuedCertificate issue(const CryptoContext& crypto, iot::Authority& authority,
                                             std::vector<PkeyPtr> keys, wire::Validity proper, WallTime now);
  /// What a device that is handed the certificate has met.
  [[nodiscard]] const std::vector<PendingInjection>& injections() const { return pending_; }
  /// It is issued and registered for another device than the one that is given it.
  [[nodiscard]] bool for_another_device() const { return plan_.other_device; }
  /// It is from an authority that the registry does not know.
  [[nodiscard]] bool foreign() const { return plan_.foreign_authority; }

 private:
  fault::CertificatePlan plan_;
  fault::Injections injections_;
  std::vector<PendingInjection> pending_;
};

}  // namespace firstlight::fakes::config_api
