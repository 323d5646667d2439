// What a simulated camera is told before it is switched on: where the services are, how patient it is, what its clock
// and its store are like. One CameraConfig is shared by all cameras of a fleet; CameraIdentity is each one's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "fault/defects.hpp"
#include "wire/mqtt.hpp"

namespace firstlight::sim {

using Micros = std::chrono::microseconds;

enum class Jitter : std::uint8_t { full, none };  // none: always the upper end (many devices do that; a herd)

/// Back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): the wait after the nth
/// consecutive failure is uniform in [0, min(cap, base · 2^(n-1))]. The rows that use each number are in
/// docs/camera-policy.md.
struct RetryPolicy {
  Micros base = std::chrono::milliseconds(500);
  Micros cap = std::chrono::seconds(30);
  Jitter jitter = Jitter::full;
  std::uint32_t give_up_after = 20;                   // consecutive failures of one stage; 0: never
  Micros forbidden = std::chrono::minutes(1);         // the long wait after "not allowed": uniform in [half, all]
  Micros retry_after_cap = std::chrono::minutes(10);  // a longer Retry-After is shortened to this
  std::uint32_t unauthorized_limit = 3;               // new tokens after 401s in a row, before it counts as 403
  std::uint32_t refusals_before_discard = 3;          // MQTT refusals in a row before the configuration is discarded
  Micros stable_after = std::chrono::seconds(30);     // a session that lived this long resets the MQTT back-off
};

/// The camera's own wall clock. Without `start` it keeps the right time from the first moment (a battery-backed clock).
struct ClockModel {
  /// network_time: set when the network accepts the attach; sntp: a while after that (modelled), and the camera waits.
  enum class Sync : std::uint8_t { network_time, sntp, none };
  std::optional<WallTime> start;  // what it shows at each boot
  Sync sync = Sync::network_time;
  Micros sntp_delay = std::chrono::milliseconds(300);
};

/// Limits of single steps; each has an error of its own (base/error_list.def).
struct StepLimits {
  Micros connect = std::chrono::seconds(10);
  Micros handshake = std::chrono::seconds(10);
  Micros exchange = std::chrono::seconds(15);  // HTTP: the whole request and response
  Micros connack = std::chrono::seconds(10);
  Micros ack = std::chrono::seconds(10);  // SUBACK, PUBACK, PINGRESP
};

struct CameraConfig {
  std::uint64_t seed = 0;
  std::string endorse_url;  // https only, as all of them
  std::string keys_url;     // a key is at keys_url + "/" + kid
  std::string config_url;   // the full URL of the configuration
  std::string ca_pem;       // trust anchors for these three; empty trusts nobody
  RetryPolicy retry;
  ClockModel clock;
  StepLimits limits;
  std::chrono::seconds token_leeway{30};  // allowed difference between the token's times and the camera's clock
  Micros attach_delay{0};                 // the attach is modelled: it takes this long and succeeds
  wire::mqtt::Version mqtt_version = wire::mqtt::Version::v3_1_1;
  std::string firmware_version = "1.0.0";
  bool keep_store = true;                           // false: the configuration is never stored, every boot provisions
  std::optional<std::uint16_t> keep_alive_seconds;  // instead of the configuration's
  fault::DefectSet defects;  // with_defects() (sim/defects.hpp) has carried out those that are settings
};

struct CameraIdentity {
  CameraId id;
  Imsi imsi;
};

}  // namespace firstlight::sim
