// Performs one camera's actions on real sockets and tells its state machine what came of them; and what the drivers of
// one shard share. Owned by the fleet; everything here runs on the camera's shard.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/net/shard.hpp"
#include "base/net/tls_context.hpp"
#include "base/net/tls_stream.hpp"
#include "base/time.hpp"
#include "journal/journal.hpp"
#include "sim/camera.hpp"
#include "sim/device_faults.hpp"
#include "sim/openssl_verifier.hpp"
#include "sim/store.hpp"

namespace firstlight::sim {

/// What all cameras of a shard share. Destroyed before the shard's CryptoContext.
class ShardShare {
 public:
  ShardShare(Shard& shard, journal::Lane lane, SteadyClock::time_point epoch,
             std::shared_ptr<const CameraConfig> config, std::map<std::string, boost::asio::ip::address> hosts,
             const WallClock* network_time, bool share_keys);

  Shard& shard;
  journal::Lane lane;
  SteadyClock::time_point epoch;
  std::shared_ptr<const CameraConfig> config;
  std::map<std::string, boost::asio::ip::address> hosts;
  const WallClock* network_time;
  bool share_keys;
  OpensslVerifier verifier;

  const fault::Engine* faults = nullptr;  // outlives the fleet
  fault::AttemptCounter attempts;
  /// Another camera's store as bytes; answered on this shard, with nothing when that camera has none.
  std::function<void(CameraId, std::function<void(std::optional<std::string>)>)> read_store;
  /// The lab learns of a camera's new SIM; called on this shard.
  std::function<void(CameraId, const Imsi&)> on_sim_swapped;

  [[nodiscard]] Now now() const;
  /// The client context that trusts `ca_pem`; made at first use and kept.
  [[nodiscard]] result<SSL_CTX*> client_context(const std::string& ca_pem);

 private:
  std::unordered_map<std::string, SslCtxPtr> contexts_;  // by CA
};

/// The SIM that a camera gets when its nth was put in: a network of its own (44020) keeps it apart from all others.
[[nodiscard]] Imsi swapped_imsi(CameraId camera, std::uint32_t nth);

/// An address for a host: a literal, the given map, or the system's resolver (non-blocking). Errors: resolve-failed.
boost::asio::awaitable<result<boost::asio::ip::address>> resolve_host(const ShardShare& share, std::string host);

/// What the network makes of all of a camera's connections.
struct Path {
  std::optional<boost::asio::ip::address> source;       // nothing: the system's choice
  std::optional<boost::asio::ip::address> destination;  // instead of the address that the host has; nothing: that one
};

/// Where a connection goes, and as whom.
struct Route {
  std::string host;  // also the name that the server's certificate must carry
  std::uint16_t port = 0;
  Path path;
  std::string ca_pem;
  std::string alpn;         // offered in the handshake; empty: none
  WallTime clock;           // the certificate's validity is judged at this time
  Identity* identity = {};  // shown to the server when it is not null; only until the handshake is over
};
using StreamPtr = std::shared_ptr<TlsStream>;
/// A connection on its way, so that its owner can give it up at any moment.
struct Opening {
  std::weak_ptr<TlsStream> stream;
  bool aborted = false;
  void abort();
};
/// TCP and TLS, each within its limit; `cancelled` once `opening` was aborted. `timing` is filled as far as it goes.
boost::asio::awaitable<result<StreamPtr>> open_stream(std::shared_ptr<ShardShare> share, Route route, Timing& timing,
                                                      std::shared_ptr<Opening> opening);

class MqttSession;

class CameraDriver : public std::enable_shared_from_this<CameraDriver> {
 public:
  /// `on_step` is called after each step of the machine.
  CameraDriver(std::shared_ptr<ShardShare> share, CameraIdentity who, Path path, std::unique_ptr<Store> store,
               std::function<void(const CameraDriver&)> on_step);
  ~CameraDriver();

  void power_on(SteadyClock::time_point scheduled);
  /// The power is back after `off_for`, or stays away.
  void power_cut(std::optional<SteadyClock::duration> off_for);
  /// A fault of a moment (fault::Moment) strikes now, or as soon as there is something to strike: another SIM waits
  /// for the power, a clock's jump until the clock was set. Not so a power cut. `rule` outlives the driver.
  void carry_out(const fault::Rule& rule);
  /// Ends the session politely; closed() tells when the goodbye is out.
  void stop();
  /// Closes whatever is open without a word; the machine hears nothing. For teardown.
  void drop();
  [[nodiscard]] bool closed() const;
  [[nodiscard]] const Camera& camera() const { return camera_; }
  [[nodiscard]] const Store& store() const { return *store_; }

 private:
  void feed(Event event);
  void feed_later(Event event);

  void perform(Attach& a);
  void perform(HttpsGet& a);
  void perform(StoreLoad& a);
  void perform(StoreSave& a);
  void perform(StoreDiscard& a);
  void perform(SyncClock& a);
  void perform(MqttConnect& a);
  void perform(MqttSubscribe& a);
  void perform(MqttPublish& a);
  void perform(MqttDisconnect& a);
  void perform(DropConnections& a);
  void perform(StartTimer& a);
  void perform(CancelTimer& a);
  void perform(Log& a);
  void perform(Emit& a);

  // driver_faults_io.cpp
  DeviceFaults& faults();
  void begin_boot();
  [[nodiscard]] std::optional<SteadyClock::duration> power_goes(const Action& action);
  void tear(const Action& action);
  void clone_then_load(const StoreLoad& a, CameraId other);
  [[nodiscard]] result<std::string> load(const StoreLoad& a);
  void after(SteadyClock::duration delay, std::function<void()> work);
  void detach_after(Duration delay);
  void swap_sim(const fault::Rule& rule);
  void put_sim(const fault::Rule& rule);
  void move_clock();

  static boost::asio::awaitable<void> https_get(std::shared_ptr<CameraDriver> self, std::unique_ptr<HttpsGet> action);

  std::shared_ptr<ShardShare> share_;
  Camera camera_;
  Path path_;
  std::string peer_;  // the source address as text
  std::unique_ptr<Store> store_;
  std::function<void(const CameraDriver&)> on_step_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<DeviceFaults> faults_;               // once a rule may concern this camera
  std::unique_ptr<boost::asio::steady_timer> power_;   // until it comes back
  std::unique_ptr<boost::asio::steady_timer> detach_;  // until the network drops the camera
  std::uint32_t sims_swapped_ = 0;
  std::vector<const fault::Rule*> waiting_sims_;   // until the power comes
  std::vector<const fault::Rule*> waiting_jumps_;  // until the clock is set
  std::shared_ptr<Opening> https_;                 // the request in flight
  std::shared_ptr<MqttSession> session_;
  bool dropped_ = false;
  std::weak_ptr<MqttSession> leaving_;  // its DISCONNECT is on its way
};

}  // namespace firstlight::sim
