// What the registry knows, as plain values: certificates, devices, authorities and its own settings. No Asio here, so
// that rules, store and tests can use it; fakes/iot/registry.hpp is the way to ask for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "fakes/iot/policy.hpp"
#include "fakes/pki/authority.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::iot {

enum class CertificateStatus { active, inactive, revoked, pending_transfer, register_inactive, pending_activation };
[[nodiscard]] std::string_view status_name(CertificateStatus s);  // "ACTIVE", "INACTIVE", …
[[nodiscard]] std::optional<CertificateStatus> parse_status(std::string_view name);

struct CertificateRecord {
  CertificateId id;
  std::string pem;
  CertificateStatus status = CertificateStatus::active;
  DeviceId device_id;      // empty: the operator's, or one that no device owns
  std::string thing_name;  // empty: no thing attached
  std::string policy_name;
  wire::Validity validity;
  WallTime created;
  WallTime modified;
  std::uint32_t customer_version = 1;
  SteadyClock::time_point issued{};  // not kept in the file: what was loaded is older than all that is issued since
};

/// What the edge needs of one certificate.
struct CertificateView {
  CertificateStatus status{};
  DeviceId device_id;
  std::string thing_name;
  wire::Validity validity;
  std::shared_ptr<const Policy> policy;
};

struct DeviceRecord {
  DeviceId id;
  Imsi imsi;
  std::optional<Imei> imei;
  std::optional<SimId> sim_id;
  bool first = true;                         // this call registered it
  std::string config_overrides;              // JSON object merged over the site's template; "{}" without any
  std::optional<CertificateRecord> current;  // its newest ACTIVE certificate, if any
};

struct StatusChange {
  bool changed = false;
  CertificateId id;
  DeviceId device_id;  // empty: no device's certificate
};

struct RegistryConfig {
  std::string path;                          // the SQLite file
  bool durable = false;                      // --state: complete a registration only after its batch is committed
  std::chrono::milliseconds propagation{0};  // certificate changes reach the replicas this much later
  std::chrono::seconds retire_after{0};  // `reissue`: the old certificate turns INACTIVE this long after its successor
                                         // was registered; 0: together with it
  /// Called on the owner thread when a superseded certificate was turned INACTIVE (for the journal); may be empty.
  std::function<void(const CertificateId&, const DeviceId&)> on_retired;
};

/// The lab's two authorities, kept in the state file so that certificates outlive a restart of the lab.
struct Authorities {
  AuthorityPem server;
  AuthorityPem device;
};

}  // namespace firstlight::fakes::iot
