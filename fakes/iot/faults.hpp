// What the rules of `iot.register` and `iot.certificate` do: to one issue of a device certificate, and to a camera's
// certificate at a moment. The config API makes an Issue a certificate; the runner calls carry_out().
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/iot/registry.hpp"
#include "fault/engine.hpp"
#include "fault/plans/iot_certificate.hpp"
#include "fault/plans/iot_register.hpp"

namespace firstlight::fakes::iot {

/// On the peer's shard. `lab` and `peer` outlive it.
class Issue {
 public:
  /// Counts an attempt at both points where a rule may apply.
  Issue(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts);

  /// Before the certificate is made: `expires` ends its validity early.
  void limit(wire::Validity& validity);
  /// Registry::register_certificate, slowed down, refused or lost, and with the fate that follows (late propagation, a
  /// status). Errors: as there; database-error for `error`, throttled; cancelled when the device has left meanwhile.
  boost::asio::awaitable<result<void>> register_certificate(Registry& registry, DeviceId device,
                                                            IssuedCertificate certificate);
  /// What a device has met that is then handed the certificate, or is told that there is none. (That the registration
  /// is late fires by itself, when the device begins to wait.)
  [[nodiscard]] const std::vector<PendingInjection>& injections() const { return pending_; }

 private:
  template <class Plan, class Said>
  void prove(const fault::Injections& injections, Said said);
  boost::asio::awaitable<bool> delay();
  boost::asio::awaitable<result<void>> set_status(Registry& registry, const CertificateId& id);

  const LabContext& lab_;
  const HttpPeer& peer_;
  fault::RegisterPlan registration_;
  fault::CertificateStatusPlan status_plan_;
  fault::Injections registration_injections_, status_injections_;
  std::optional<WallTime> ends_;  // the certificate's validity, as `expires` would have it
  std::vector<PendingInjection> pending_;
};

/// Does what a scheduled rule of `iot.certificate` says, now, to the camera's newest ACTIVE certificate; a camera
/// without one is left alone, and the rule has not fired. From any thread; all outlive the shards.
void carry_out(const LabContext& lab, Registry& registry, const fault::Rule& rule, std::uint32_t camera);

}  // namespace firstlight::fakes::iot
