// The registry of devices, things, certificates and policies: SQLite behind one owner thread. Shards ask it with
// coroutines and are answered on their own thread; what the edge must know at every connect is kept as a replica a
// shard, so that a TLS handshake asks nobody. Tables are documented in docs/database.md.
//
// Ordering promise: the replica update of a registration is posted to every shard before the registration completes, so
// a camera that was answered can connect to any shard at once (the propagation delay, where one is configured, is added
// on purpose).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/net/shard.hpp"
#include "base/time.hpp"
#include "fakes/iot/authority.hpp"
#include "fakes/iot/policy.hpp"
#include "fakes/sims.hpp"
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
};

/// What the edge needs of one certificate.
struct CertificateView {
  CertificateStatus status{};
  DeviceId device_id;
  std::string thing_name;
  wire::Validity validity;
  std::shared_ptr<const Policy> policy;
};

/// One shard's copy; used by that shard's thread only.
class Replica {
 public:
  [[nodiscard]] const CertificateView* find(const CertificateId& id) const;
  /// Called on the shard when a certificate changed (the edge uses it to end live sessions). One listener.
  std::function<void(const CertificateId&, const CertificateView&)> on_change;

 private:
  friend class Registry;
  std::unordered_map<CertificateId, CertificateView> by_id_;
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

struct RegistryConfig {
  std::string path;                          // the SQLite file
  bool durable = false;                      // --state: complete a registration only after its batch is committed
  std::chrono::milliseconds propagation{0};  // certificate changes reach the replicas this much later
  std::chrono::seconds retire_after{0};  // `reissue`: the old certificate turns INACTIVE this long after its successor
};

/// The lab's two authorities, kept in the state file so that certificates outlive a restart of the lab.
struct Authorities {
  AuthorityPem server;
  AuthorityPem device;
};

class Registry {
 public:
  /// Opens or creates the file, migrates it, loads the replicas, starts the owner thread. Errors: database-error,
  /// database-newer, database-locked (another process holds the file), each with the path in its detail.
  static result<std::unique_ptr<Registry>> open(RegistryConfig config, ShardSet& shards, const WallClock& clock);
  ~Registry();

  /// Those in the file, or new ones that are then kept there. Call before the servers start.
  [[nodiscard]] result<Authorities> authorities(const CryptoContext& crypto);

  [[nodiscard]] Replica& replica(unsigned shard);

  // From a coroutine on a shard; completes on that shard's thread. Errors: database-error, and as named.
  /// The device of a SIM (by simId where known, else by IMSI); registers it, its thing and its policy attachment when
  /// new.
  boost::asio::awaitable<result<DeviceRecord>> admit_device(Imsi imsi, std::optional<Imei> imei,
                                                            std::optional<SimId> sim_id);
  /// Adds the device's certificate, ACTIVE, attached to its thing and the camera policy; retires older ones by policy.
  boost::asio::awaitable<result<void>> register_certificate(DeviceId device, IssuedCertificate certificate);
  boost::asio::awaitable<result<CertificateRecord>> describe_certificate(CertificateId id);  // not-found
  boost::asio::awaitable<result<void>> update_certificate(CertificateId id,
                                                          CertificateStatus status);  // not-found, conflict
  boost::asio::awaitable<void> set_presence(DeviceId device, bool connected, std::string address, std::string reason);

  /// A certificate that belongs to no device, under the operator's policy. From start-up code, before the servers
  /// start.
  [[nodiscard]] result<void> register_operator(const IssuedCertificate& certificate);

  /// Writes what is pending and closes the file.
  void close();

 private:
  struct Impl;
  explicit Registry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes::iot
