// What `firstlight lab --faults FILE` takes from a scenario: its rules, its `lab:` settings and its cameras' addresses,
// so that real devices meet the faults that simulated ones meet. Owned by the verb; outlives the running lab.
#pragma once

#include <memory>
#include <string>

#include "harness/lab/lab.hpp"
#include "harness/run/fault_clock.hpp"
#include "journal/journal.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness::cli {

class LabFaults {
 public:
  /// Null, after messages on stderr, when the file is no valid scenario.
  static std::unique_ptr<LabFaults> load(const std::string& path);

  void configure(LabConfig& config) const;
  /// Every event of the journal; on the journal's thread.
  void observe(const journal::Event& event) { clock_.observe(event); }
  /// Scenario time 0 is now.
  void start(RunningLab& lab, const journal::Journal& journal, journal::Lane lane);
  /// Does what is due. Call every few milliseconds.
  void work() { clock_.work(SteadyClock::now()); }

 private:
  explicit LabFaults(language::Scenario scenario);

  language::Scenario scenario_;
  std::uint64_t seed_;
  fault::Engine engine_;
  FaultClock clock_{engine_};
};

}  // namespace firstlight::harness::cli
