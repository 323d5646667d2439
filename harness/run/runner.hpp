// Runs suites of scenarios: several at a time, each played in a process of its own, then judged from the journal that
// it leaves. Called by the verbs `run` and `judge`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/progress.hpp"
#include "language/scenario.hpp"
#include "language/suite_part.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness {

struct RunOptions {
  std::optional<std::uint64_t> seed;  // overrides every scenario's own; nothing: those, or the run's drawn one
  std::string out = "out";            // gets a folder a run
  Verbosity verbosity = Verbosity::normal;
  bool fail_fast = false;                   // start no more scenarios after the first that does not pass
  unsigned jobs = 0;                        // scenarios at a time; 0: two a core
  std::uint32_t repeat = 1;                 // each scenario so many times, each with a seed of its own
  std::uint32_t retries = 0;                // of a scenario that failed, with its seed
  bool flaky_fails = false;                 // a scenario that passed only when it was retried makes the run fail
  double timeout_multiplier = 1;            // of the scenarios' `timeout`, and of nothing else
  std::optional<language::SuitePart> part;  // which one the scenarios are; for the report
  fault::DefectSet defects;                 // of the simulated cameras, beside the scenarios' own
};

/// The seed that is used where neither the command line nor the scenario gives one.
[[nodiscard]] std::uint64_t draw_run_seed();

/// A new folder `<out>/<id>`, with the id from the clock. Throws ErrorException (io-error) when it cannot be made.
struct RunFolder {
  std::string id;
  std::string path;
};
[[nodiscard]] RunFolder make_run_folder(const std::string& out);

/// How many are played at a time.
[[nodiscard]] unsigned jobs_of(const RunOptions& options, std::size_t plays);

/// Plays and judges all. A lab that does not start gives that scenario the verdict infra, a process that crashes makes
/// it a bug, and the run goes on. The report has the scenarios in the order given, however they end. Call it on a
/// thread that outlives the call (the processes die with it); Interrupt must be installed.
[[nodiscard]] reports::RunReport run_suite(const std::vector<language::Scenario>& scenarios, std::uint64_t run_seed,
                                           const RunFolder& folder, const RunOptions& options);

/// The report of a run again, from the journals of its scenarios. One that cannot be read makes its scenario infra;
/// throws ErrorException when none can.
[[nodiscard]] reports::RunReport rejudge(const std::vector<std::string>& journal_files);

}  // namespace firstlight::harness
