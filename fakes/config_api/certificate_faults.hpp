// What the rules of `config_api.certificate` do to one issue of a device certificate. Made by the config API for each
// issue; without such a rule it consults nothing.
#pragma once

#include "fakes/http/https_server.hpp"
#include "fakes/iot/authority.hpp"
#include "fault/plans.hpp"

namespace firstlight::fakes::config_api {

class CertificateFaults {
 public:
  /// On the peer's shard; `lab` and `peer` outlive it.
  CertificateFaults(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts);

  /// Whether the certificate is to be another one than the proper.
  [[nodiscard]] bool any() const { return !shots_.empty(); }
  /// As the plan says; what it leaves alone is proper.
  [[nodiscard]] iot::IssuedCertificate issue(const CryptoContext& crypto, iot::Authority& authority, wire::KeyKind kind,
                                             wire::Validity proper, WallTime now);
  /// It is issued and registered for another device than the one that is given it.
  [[nodiscard]] bool for_another_device() const { return plan_.other_device; }
  /// It is from an authority that the registry does not know.
  [[nodiscard]] bool foreign() const { return plan_.foreign_authority; }

 private:
  const LabContext& lab_;
  const HttpPeer& peer_;
  fault::CertificatePlan plan_;
  fault::Shots shots_;
};

}  // namespace firstlight::fakes::config_api
