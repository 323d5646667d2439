// Latencies and per-camera facts as a fold over journal events: pure, so a saved journal gives the same numbers as the
// run that wrote it. Used by the judge and the reports.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/event.hpp"

namespace firstlight::judge {

/// Every value of one latency, in microseconds. Exact: percentiles are by nearest rank, so with few samples a high one
/// is the maximum.
class Samples {
 public:
  void add(std::int64_t us) {
    values_.push_back(us);
    sorted_ = false;
  }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  /// `percent` in (0, 100]; 100 is the maximum. 0 without samples.
  [[nodiscard]] std::int64_t percentile(double percent) const;
  [[nodiscard]] std::int64_t max() const { return percentile(100); }

 private:
  mutable std::vector<std::int64_t> values_;
  mutable bool sorted_ = true;
};

struct StageFailure {
  journal::Stage stage{};
  std::uint32_t attempt = 0;
  std::int64_t t_ns = 0;
  std::string error;
  std::string detail;
};

struct CameraFacts {
  bool powered = false;
  bool online = false;  // reached online at least once
  bool online_at_end = false;
  bool gave_up = false;  // since its last boot
  std::string gave_up_reason;
  std::int64_t scheduled_ns = 0;    // first boot
  std::int64_t power_on_ns = 0;     // first boot
  std::int64_t online_ns = 0;       // first time online
  std::int64_t last_online_ns = 0;  // last time it came online
  std::array<std::uint32_t, journal::kStageCount> attempts{};
  std::optional<journal::Stage> stage;  // the last one that started since its last boot
  std::vector<StageFailure> failures;
};

struct Measurements {
  std::array<Samples, journal::kStageCount> stages;          // duration of each successful try
  std::array<std::uint64_t, journal::kStageCount> failed{};  // unsuccessful tries
  Samples total;                // from the scheduled start to the first time online, retries included
  Samples total_from_power_on;  // the same from the actual start: the difference is the generator's own lag
  Samples generator_lag;        // actual start minus scheduled start
  std::map<std::uint32_t, CameraFacts> cameras;              // by number, from 1
  std::vector<std::pair<std::int64_t, int>> online_changes;  // time and +1 or -1, in order
  std::string end_reason;                                    // of run_ended; empty: the journal has no end
  std::string end_detail;
  /// The scenario's time 0 on the journal's base, which begins before the lab is ready: the first camera's scheduled
  /// power-on. 0 while there is none.
  std::int64_t start_ns = 0;
  std::int64_t last_ns = 0;
};

/// Up to and with run_ended: what the teardown of the run does to the cameras is not theirs.
[[nodiscard]] Measurements measure(const std::vector<journal::Event>& events);

}  // namespace firstlight::judge
