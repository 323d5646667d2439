// What `firstlight lab --faults FILE` takes from a scenario: its plan, its rules, its `lab:` settings and its cameras'
// addresses, so that real devices meet the faults that simulated ones meet. Owned by the verb; outlives the running
// lab.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/lab/lab.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/fault_clock.hpp"
#include "journal/journal.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness::cli {

class LabFaults {
 public:
  /// `given`: --seed. Null, after messages on stderr, when the file is no valid scenario.
  static std::unique_ptr<LabFaults> load(const std::string& path, std::optional<std::uint64_t> given);

  [[nodiscard]] const Seed& seed() const { return plan_.seeds.scenario; }
  /// The ids of rules that can do nothing here, because they act in simulated cameras.
  [[nodiscard]] std::vector<std::string> idle_rules() const;
  /// What a person should know of the rules before devices meet them, a sentence each.
  [[nodiscard]] std::vector<std::string> remarks(const RunningLab& lab) const;

  /// The lab must be stopped before this is destroyed.
  void configure(LabConfig& config);
  /// Every event of the journal; on the journal's thread.
  void observe(const journal::Event& event) { clock_.observe(event); }
  /// Scenario time 0 is now.
  void start(RunningLab& lab, const journal::Journal& journal, journal::Lane lane);
  /// Does what is due. Call every few milliseconds.
  void work() { clock_.work(SteadyClock::now()); }

 private:
  LabFaults(language::Scenario scenario, const Seed& seed);

  language::Scenario scenario_;
  Plan plan_;
  fault::Engine engine_;
  FaultClock clock_{engine_, plan_.faults};
};

}  // namespace firstlight::harness::cli
