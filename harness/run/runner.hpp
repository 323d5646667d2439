// Plays scenarios: a lab and a fleet each, until the scenario has settled; then judges the journal that it wrote. The
// only part of the harness that touches a socket. Called by the verb `run`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/progress.hpp"
#include "harness/scenario/scenario.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness {

struct RunOptions {
  std::optional<std::uint64_t> seed;  // overrides every scenario's own; nothing: those, or the run's drawn one
  std::string out = "out";            // gets a folder a run
  Verbosity verbosity = Verbosity::normal;
  bool fail_fast = false;  // stop after the first scenario that does not pass
};

/// The seed that is used where neither the command line nor the scenario gives one.
[[nodiscard]] std::uint64_t draw_run_seed();

/// A new folder `<out>/<id>`, with the id from the clock. Throws ErrorException (io-error) when it cannot be made.
struct RunFolder {
  std::string id;
  std::string path;
};
[[nodiscard]] RunFolder make_run_folder(const std::string& out);

/// Runs all, one after the other. A lab that does not start gives that scenario the verdict infra and goes on.
[[nodiscard]] reports::RunReport run_suite(const std::vector<Scenario>& scenarios, std::uint64_t run_seed,
                                           const RunFolder& folder, const RunOptions& options);

/// The verdict of a saved scenario folder or journal file; throws ErrorException for what cannot be read.
struct Rejudged {
  Outcome outcome;
  std::string run_id;
  std::uint64_t run_seed = 0;
  std::string run_started_at;
};
[[nodiscard]] Rejudged rejudge(const std::string& journal_file);

}  // namespace firstlight::harness
