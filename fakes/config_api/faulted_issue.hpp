// The faults of one issue of a device certificate: what is wrong with it (`config_api.certificate`), with its
// registration (`iot.register`), and what becomes of it (`iot.certificate`). Made by the config API for each issue;
// without a rule at these points it consults nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "base/error.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/iot/authority.hpp"
#include "fault/plans.hpp"

namespace firstlight::fakes::config_api {

class FaultedIssue {
 public:
  FaultedIssue(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts);

  /// Whether the certificate itself is to be another one than the proper.
  [[nodiscard]] bool any() const;
  /// As the plan says; what it leaves alone is proper.
  [[nodiscard]] iot::IssuedCertificate issue(const CryptoContext& crypto, iot::Authority& authority, wire::KeyKind kind,
                                             wire::Validity proper, WallTime now);

  /// The certificate is another device's: it is issued and registered for that one.
  [[nodiscard]] bool for_another_device() const { return certificate_.other_device; }

  [[nodiscard]] fault::Duration registration_delay();
  /// The registry's failure instead of its answer; nothing: it does as it is asked.
  [[nodiscard]] std::optional<Error> registration_answer();
  /// Whether the certificate is to be stored at all: a foreign authority's never is, and a lost one is not.
  [[nodiscard]] bool registered();
  [[nodiscard]] const fault::FatePlan& fate() const { return fate_; }
  /// The rules of `iot.certificate` have been carried out.
  void fate_carried_out();
  [[nodiscard]] boost::asio::io_context& io() const { return peer_.shard.io(); }

 private:
  void fired(fault::Shots& shots, std::string detail = {});

  const LabContext& lab_;
  const HttpPeer& peer_;
  fault::CertificatePlan certificate_;
  fault::RegisterPlan registration_;
  fault::FatePlan fate_;
  fault::Shots certificate_shots_, registration_shots_, fate_shots_;
};

}  // namespace firstlight::fakes::config_api
