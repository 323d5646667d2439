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
#include "fault/defects.hpp"
#include "language/expectation.hpp"
#include "language/faults.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

// -- cameras -----------------------------------------------------------------------------------------------------

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
enum class ClockSync : std::uint8_t { network_time, sntp, none };  // set when the camera attaches, after that, never
enum class MqttVersion : std::uint8_t { v3_1_1, v5 };

struct RetryPolicy {
  Duration base = std::chrono::milliseconds(500);
  Duration cap = std::chrono::seconds(30);
  Jitter jitter = Jitter::full;
  std::uint32_t give_up_after = 20;  // consecutive failures; 0: never
  Duration forbidden = std::chrono::minutes(1);
  Duration retry_after_cap = std::chrono::minutes(10);
  std::uint32_t unauthorized_limit = 3;
  std::uint32_t refusals_before_discard = 3;
  Duration stable_after = std::chrono::seconds(30);
};
struct CameraClock {
  std::optional<WallTime> start;  // nothing: the camera boots with the lab's time
  ClockSync sync = ClockSync::network_time;
  Duration sntp_delay = std::chrono::milliseconds(300);
};
struct StepTimeouts {  // of the camera, for one step each
  Duration connect = std::chrono::seconds(10);
  Duration handshake = std::chrono::seconds(10);
  Duration exchange = std::chrono::seconds(15);
  Duration connack = std::chrono::seconds(10);
  Duration ack = std::chrono::seconds(10);
};
struct Firmware {
  RetryPolicy retry;
  CameraClock clock;
  StepTimeouts timeouts;
  Duration token_leeway = std::chrono::seconds(30);  // whole seconds
  Duration attach_delay{0};
  std::optional<Duration> keep_alive;  // whole seconds; nothing: the configuration's
  fault::DefectSet defects;
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
enum class OnExpiry : std::uint8_t { keep, disconnect };

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
  OnExpiry on_expiry = OnExpiry::keep;  // of a live session whose certificate expires
  ConfigTemplate config_template;
  bool strict_sims = false;  // true: an address that is no camera of the scenario has no SIM
  Duration clock_offset{0};  // the lab's wall time minus real time; may be negative
};

// -- the whole ---------------------------------------------------------------------------------------------------

/// The scenario is known to fail: until the day has passed (in UTC) that does not fail a run.
struct Quarantine {
  std::chrono::sys_days until{};  // the last day
  std::string reason;
  friend bool operator==(const Quarantine&, const Quarantine&) = default;
};

struct Scenario {
  std::string name;  // lower-case letters, digits and hyphens: also the name of the scenario's folder in out/
  std::string summary;
  std::vector<std::string> tags;
  std::string skip;  // why it is not run; empty: it is run
  std::optional<Quarantine> quarantine;
  std::optional<std::uint64_t> seed;
  std::optional<Duration> run_for;  // nothing: it ends when every camera is online or has given up
  Duration timeout{0};              // the ceiling: reaching it is a failure
  Cameras cameras;
  Lab lab;
  std::vector<FaultRule> faults;       // in the file's order
  std::vector<std::string> killed_by;  // defects with which it must fail
  std::vector<ExpectItem> expect;      // at least one, in the file's order

  std::string file;    // as it was named to the loader
  std::string source;  // the file's text, for the journal's header: load_scenario gives this scenario again
  Position name_at;
};

}  // namespace firstlight::language
