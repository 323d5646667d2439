// Many simulated cameras in one process, spread over shards and switched on by a schedule that waits for nobody (open
// loop). The lab's runner and `firstlight camera` own one; it must be destroyed before its shards are stopped.
#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/net/shard.hpp"
#include "base/time.hpp"
#include "fault/engine.hpp"
#include "journal/journal.hpp"
#include "sim/camera_config.hpp"
#include "sim/planned_camera.hpp"

namespace firstlight::sim {

struct FleetConfig {
  CameraConfig camera;                                    // shared by all
  std::optional<std::filesystem::path> store_folder;      // one file a camera, `camera-<id>.store`; nothing: in memory
  std::map<std::string, boost::asio::ip::address> hosts;  // host name → address; others are resolved by the system
  const WallClock* network_time =
      nullptr;                            // what the mobile network says; null: the system's clock. Outlives the fleet
  const fault::Engine* faults = nullptr;  // the rules at `attach` and `camera`; null: none. Outlives the fleet
  /// The lab must know a camera's new SIM before the camera comes back with it; called on the camera's shard.
  std::function<void(CameraId, const Imsi&)> on_sim_swapped;
  bool share_keys = true;  // a key that verified one camera's token is served to the shard's others without a request
};

struct FleetCounts {
  std::size_t planned = 0;
  std::size_t started = 0;      // were switched on at least once
  std::size_t online = 0;       // now
  std::size_t ever_online = 0;  // at least once
  std::size_t gave_up = 0;      // now
  /// Nothing more happens unless somebody does something: every camera is online or has given up.
  [[nodiscard]] bool settled() const { return online + gave_up == planned; }
};

/// Where one camera stands, for a hang report.
struct CameraProgress {
  CameraId id;
  std::string state;  // "not started", "in stage", "waiting to retry", "online", "gave up", "off"
  journal::Stage stage{};
  std::uint32_t attempt = 0;   // of that stage
  std::uint32_t failures = 0;  // consecutive, of that stage
  std::string last_error;      // its name; empty without one
};

class Fleet {
 public:
  /// The shards must be running. Throws ErrorException for a URL that is not https, a CA that does not parse, or a
  /// store folder that cannot be made.
  Fleet(ShardSet& shards, journal::Journal& journal, FleetConfig config, std::vector<PlannedCamera> cameras);
  /// Drops what still lives, without goodbye. Call from a thread that is not a shard's.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Schedules every camera's power-on. Returns the schedule's origin.
  SteadyClock::time_point start();

  /// Cameras send DISCONNECT and close; those that have not finished after `limit` are dropped. Those not yet started
  /// never start. Call from a thread that is not a shard's.
  void stop_politely(SteadyClock::duration limit);

  [[nodiscard]] FleetCounts counts() const;  // from any thread
  /// All cameras in the order of their ids; asks the shards and waits for them.
  [[nodiscard]] std::vector<CameraProgress> progress() const;

  /// Faults of the device itself, from any thread: the power goes away at once; it comes back after `off_for`, or
  /// never when nothing is given.
  void power_cut(CameraId camera, std::optional<SteadyClock::duration> off_for);

  /// A rule at `camera` whose moment has come for that camera (fault::Engine::Due), from any thread. `rule` outlives
  /// the fleet. A camera that is off cannot lose its power, and that rule has not fired for it; what else happens to
  /// it waits until it is switched on.
  void carry_out(const fault::Rule& rule, CameraId camera);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::sim
