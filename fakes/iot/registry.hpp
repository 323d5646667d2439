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
#include "fakes/iot/records.hpp"

namespace firstlight::fakes::iot {

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

/// Lifetime: close() (or the destructor) must run while the shards still run, because pending answers are posted to
/// them; after close() every operation completes with `cancelled`. The replicas stay readable until the Registry is
/// destroyed, which must come after the shards were stopped if anything on them may still use it.
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
  /// Adds the device's certificate, ACTIVE, attached to its thing and the camera policy. Those that were issued
  /// before the device's newest ACTIVE one are retired by policy, be it this one whose registration comes late.
  /// `propagation`: the replicas learn of it, and of its later changes, so much later than of others.
  boost::asio::awaitable<result<void>> register_certificate(DeviceId device, IssuedCertificate certificate,
                                                            std::chrono::milliseconds propagation = {});
  boost::asio::awaitable<result<CertificateRecord>> describe_certificate(CertificateId id);  // not-found
  /// The newest ACTIVE certificate of the device that has the IMSI. Errors: not-found.
  boost::asio::awaitable<result<CertificateRecord>> certificate_of(Imsi imsi);
  /// Idempotent. Errors: not-found; conflict for a status that AWS IoT does not let a caller set (PENDING_TRANSFER,
  /// PENDING_ACTIVATION, REGISTER_INACTIVE).
  boost::asio::awaitable<result<void>> update_certificate(CertificateId id, CertificateStatus status);
  /// update_certificate that says whether the status was another one before, and whose certificate it is.
  boost::asio::awaitable<result<StatusChange>> change_certificate(CertificateId id, CertificateStatus status);
  /// Replaces the device's own settings (JSON object). Errors: not-found, invalid-argument.
  boost::asio::awaitable<result<void>> set_device_config(DeviceId device, std::string overrides);
  /// Queued, never waited for: presence has no answer that could be wrong.
  boost::asio::awaitable<void> set_presence(DeviceId device, bool connected, std::string address, std::string reason);

  /// A certificate that belongs to no device, under the operator's policy. From start-up code, before the servers
  /// start.
  [[nodiscard]] result<void> register_operator(const IssuedCertificate& certificate);

  /// The first thing that could not be written and that no caller was told of: every failed batch where not durable
  /// (the file then ends before that batch, while answers go on from memory), presence and retirements where durable.
  /// Thread-safe; makes the run `infra`.
  [[nodiscard]] std::optional<Error> failure() const;

  /// Writes what is pending and closes the file. From any thread but a shard's.
  void close();

 private:
  struct Impl;
  explicit Registry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes::iot
