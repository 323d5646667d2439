// One scenario as plain data: which cameras arrive when, in what lab, and what is expected of them. Made by the loader
// (loader.hpp) from one YAML file; read by the plan, the runner, the judge and the reports, and changed by none of
// them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "journal/event.hpp"

namespace firstlight::harness {

using Duration = std::chrono::microseconds;

inline constexpr std::uint32_t kMaxCameras = 20'000;

/// Where something stands in the scenario's file; both count from 1, columns count characters. 0: nowhere.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

// -- cameras -----------------------------------------------------------------------------------------------------

/// A part of the fleet: `all`, `20%` or a number of cameras.
struct CameraSet {
  enum class Kind : std::uint8_t { share, number };
  Kind kind = Kind::share;
  std::uint32_t value = 100'00;  // share: hundredths of a percent (`all` is 100'00); number: cameras

  /// How many cameras of a fleet this means: exactly round(n·p) for a share, halves up.
  [[nodiscard]] std::uint32_t of(std::uint32_t fleet) const;
  friend bool operator==(const CameraSet&, const CameraSet&) = default;
};

struct ArriveAtOnce {};
struct ArriveAtRate {  // evenly spaced, the first camera at 0
  double per_second = 0;
};
struct ArrivePoisson {  // independent exponential gaps, the first camera at 0
  double per_second = 0;
};
struct ArriveRamp {  // the rate moves linearly from `from` to `to`, then stays there
  double from_per_second = 0;
  double to_per_second = 0;
  Duration over{0};
};
using Arrival = std::variant<ArriveAtOnce, ArriveAtRate, ArrivePoisson, ArriveRamp>;

struct SimulatedAgent {};
using Agent = std::variant<SimulatedAgent>;

enum class Jitter : std::uint8_t { full, none };
enum class ClockSync : std::uint8_t { network_time, none };  // network_time: set once, when the camera attaches
enum class MqttVersion : std::uint8_t { v3_1_1, v5 };

struct RetryPolicy {
  Duration base = std::chrono::milliseconds(500);
  Duration cap = std::chrono::seconds(30);
  Jitter jitter = Jitter::full;
  std::uint32_t give_up_after = 20;  // consecutive failures; 0: never
};
struct CameraClock {
  std::optional<WallTime> start;  // nothing: the camera boots with the lab's time
  ClockSync sync = ClockSync::network_time;
};
struct Firmware {
  RetryPolicy retry;
  CameraClock clock;
  std::string version = "1.0.0";  // what the camera reports of itself
  MqttVersion mqtt = MqttVersion::v3_1_1;
};

struct Cameras {
  std::uint32_t count = 0;  // 1 to kMaxCameras
  Agent agent;
  Arrival arrive;
  Firmware firmware;
};

// -- lab ---------------------------------------------------------------------------------------------------------

enum class DeviceKeyKind : std::uint8_t { ec_p256, rsa_2048 };
enum class Refusal : std::uint8_t { tls_alert, close_after_handshake, connack };

struct ConfigTemplate {
  Position at;       // of the value in the scenario; line 0: not given
  std::string path;  // as written, relative to the scenario's folder; empty: inline or none
  std::string json;  // the object as JSON text; empty: the lab's own template. load_scenario_file reads `path` into it.
};
struct Lab {
  std::chrono::seconds token_lifetime = std::chrono::minutes(10);
  std::chrono::seconds certificate_lifetime = std::chrono::days(365);
  DeviceKeyKind certificate_key = DeviceKeyKind::ec_p256;
  Refusal refusal = Refusal::tls_alert;
  ConfigTemplate config_template;
  bool strict_sims = false;  // true: an address that is no camera of the scenario has no SIM
  Duration clock_offset{0};  // the lab's wall time minus real time; may be negative
};

// -- expectations ------------------------------------------------------------------------------------------------

/// At least so many cameras are online at some moment no later than `within` after the scenario's start (time 0 of the
/// plan, not each camera's own power-on; for that there is latency of the stage total).
struct ExpectOnline {
  CameraSet cameras;
  std::optional<Duration> within;  // nothing: by the scenario's end
};

/// A stage of the camera's path; nothing: `total`, power-on to online.
using LatencyStage = std::optional<journal::Stage>;
[[nodiscard]] std::string_view latency_stage_name(LatencyStage stage);

enum class Quantile : std::uint8_t { p50, p90, p99, max };
[[nodiscard]] std::string_view quantile_name(Quantile q);

struct LatencyLimit {
  Quantile quantile = Quantile::max;
  Duration below{0};  // strictly
};
struct ExpectLatency {
  LatencyStage stage;
  std::vector<LatencyLimit> limits;  // at least one, in the order p50, p90, p99, max; no quantile twice
};

/// Each camera's number of attempts of the stage (StageStarted events).
struct ExpectAttempts {
  journal::Stage stage{};
  std::optional<std::uint32_t> at_most;  // at least one of the two is set
  std::optional<std::uint32_t> at_least;
};

struct Expectation {
  Position at;
  std::variant<ExpectOnline, ExpectLatency, ExpectAttempts> check;
};
/// The expectation as a scenario would write it: `online: {cameras: 100%, within: 30s}`.
[[nodiscard]] std::string expectation_text(const Expectation& expectation);

// -- the whole ---------------------------------------------------------------------------------------------------

struct Scenario {
  std::string name;  // lower-case letters, digits and hyphens: also the name of the scenario's folder in out/
  std::string summary;
  std::vector<std::string> tags;
  std::optional<std::uint64_t> seed;
  std::optional<Duration> run_for;  // nothing: it ends when every camera is online or has given up
  Duration timeout{0};              // the ceiling: reaching it is a failure
  Cameras cameras;
  Lab lab;
  std::vector<Expectation> expect;  // at least one, in the file's order

  std::string file;    // as it was named to the loader
  std::string source;  // the file's text, for the journal's header: load_scenario(source, file) gives this scenario
  Position name_at;
};

}  // namespace firstlight::harness
