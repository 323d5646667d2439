// What a scenario expects, one struct an expectation; docs/expectations.md says what each means and when it is
// inconclusive. Read by the decoders (expect_*_decoder.cpp) and judged one file a check in judge/checks/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "journal/event.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

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

/// Each camera's number of attempts: of a stage (StageStarted events) or of requests that a service served.
struct ExpectAttempts {
  std::optional<journal::Stage> stage;   // exactly one of stage and to
  std::optional<std::uint32_t> at_most;  // at least one of the two is set
  std::optional<std::uint32_t> at_least;
  std::string to = {};  // endorse, keys, config_api; empty: a stage is counted
};

// -- refused -----------------------------------------------------------------------------------------------------

enum class RefusedBy : std::uint8_t { endorse, keys, config_api, broker, camera };
[[nodiscard]] std::string_view refused_by_name(RefusedBy by);

/// So many cameras were refused by that side for that reason; by the camera: it refused what it was given.
struct ExpectRefused {
  RefusedBy by{};
  std::string reason;                        // an error's name (base/error_list.def) or `http-403`
  std::optional<CameraSet> cameras;          // exactly so many; neither of the two: at least one
  std::optional<CameraSet> at_least;         // not together with `cameras`
  std::optional<std::uint32_t> http_status;  // the service also answered the camera with it
  std::optional<journal::Stage> stage;       // by the camera: at this stage only
};

// -- never and order ---------------------------------------------------------------------------------------------

/// Which events of the journal are meant. Values of `where` are compared as text.
struct EventPattern {
  std::string event;    // its name in the journal
  std::string service;  // of its field `service`; empty: any
  std::optional<journal::Stage> stage;
  std::optional<std::uint32_t> status;
  std::vector<std::pair<std::string, std::string>> where;  // field and value, in the file's order
  friend bool operator==(const EventPattern&, const EventPattern&) = default;
};

struct AllCameras {
  friend bool operator==(const AllCameras&, const AllCameras&) = default;
};
struct FaultedCameras {  // those for which a fault fired
  bool faulted = true;   // false: those for which none did
  friend bool operator==(const FaultedCameras&, const FaultedCameras&) = default;
};
using CameraNumbers = std::vector<std::uint32_t>;  // ascending, each once
using WhichCameras = std::variant<AllCameras, FaultedCameras, CameraNumbers>;

struct AfterFaults {  // the last firing of any fault
  friend bool operator==(const AfterFaults&, const AfterFaults&) = default;
};
using Moment = std::variant<AfterFaults, EventPattern>;

/// No such event; with `after` and `before` only from each such moment of the same camera to the next one that ends it.
struct ExpectNever {
  EventPattern event;
  WhichCameras cameras;
  std::optional<Moment> after;
  std::optional<EventPattern> before;
};

/// Where a camera has several of these events, their first occurrences are in this order.
struct ExpectOrder {
  std::vector<EventPattern> events;  // two at least
  std::optional<CameraSet> cameras;  // at least so many have all of them; nothing: at least one
};

// -- back-off ----------------------------------------------------------------------------------------------------

enum class BackoffKind : std::uint8_t { none, constant, linear, exponential };
[[nodiscard]] std::string_view backoff_kind_name(BackoffKind kind);
enum class ResetRule : std::uint8_t { stable, connack };

/// How long cameras wait between a failed attempt and the next one, as measured (docs/expectations.md has the rule).
struct ExpectBackoff {
  std::optional<BackoffKind> kind;  // one member at least is set
  std::optional<bool> jitter;
  std::optional<Duration> at_least;             // the first wait is drawn from a range that reaches so far
  std::optional<Duration> at_most;              // no wait is longer
  std::optional<journal::Stage> stage;          // only failures of this stage
  std::optional<Duration> honours_retry_after;  // a wait after 429 or 503 is at least so long
  std::optional<ResetRule> resets;              // what sets the number of failures back to 0
};

// -- the rest ----------------------------------------------------------------------------------------------------

/// So many cameras are online no later than `within` after the moment, and stay so to the end.
struct ExpectRecovers {
  CameraSet cameras;
  Duration within{0};
  Moment after = AfterFaults{};
};

/// What became of the cameras' stored configurations. One of the three sets is there at least.
struct ExpectStore {
  std::optional<CameraSet> valid;       // at least so many hold a configuration at the end
  std::optional<CameraSet> discarded;   // exactly so many discarded theirs
  std::optional<CameraSet> warm_boots;  // at least such a part of those that booted again came online from it
  std::string reason;                   // of the discarding, an error's name; empty: any
};

/// Nothing secret of a camera was seen where it must not be.
struct ExpectNoSecretLeaked {};

struct Expectation {
  Position at;
  std::variant<ExpectOnline, ExpectLatency, ExpectAttempts, ExpectRefused, ExpectNever, ExpectOrder, ExpectBackoff,
               ExpectRecovers, ExpectStore, ExpectNoSecretLeaked>
      check;
};
/// The expectation as a scenario would write it: `online: {cameras: 100%, within: 30s}`.
[[nodiscard]] std::string expectation_text(const Expectation& expectation);

}  // namespace firstlight::language
