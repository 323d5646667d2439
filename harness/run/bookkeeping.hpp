// What is decided about a scenario beside its judge: repeats and their seeds, retries, flaky, quarantine, skip. Pure;
// used by the runner, and by `judge` on the saved journals, so both say the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "language/scenario.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness {

/// The seed of the repeat: the first (1) has the seed itself, the others one that is drawn from it, below 10^9.
[[nodiscard]] std::uint64_t repeat_seed(std::uint64_t seed, std::uint32_t repeat);
/// "name", or "name#2" when there is more than one.
[[nodiscard]] std::string repeat_name(const std::string& name, std::uint32_t repeat, std::uint32_t repeats);

/// Of a journal that `judge` cannot read: infra, and all that is known of the scenario is its name.
[[nodiscard]] reports::ScenarioReport unreadable(const std::string& name, const std::string& journal_file,
                                                 const std::string& why);

/// The scenario's timeout times the multiplier, at least a microsecond.
[[nodiscard]] Duration stretch(Duration timeout, double multiplier);

/// `./firstlight run FILE --seed N`, with the multiplier where it is not 1; quoted for a shell.
[[nodiscard]] std::string repro_line(const std::string& file, std::uint64_t seed, double timeout_multiplier,
                                     const fault::DefectSet& defects = {});

/// Whether a failure of the scenario is excused in a run that started on this day.
[[nodiscard]] bool in_quarantine(const language::Scenario& scenario, WallTime run_started);

/// Only what may be a camera's or the machine's bad day is worth a second look: fail, threshold, infra. Not a bug of
/// ours, and not inconclusive: that is a matter of the scenario.
[[nodiscard]] bool worth_a_retry(const reports::ScenarioReport& report);

/// One report of all attempts with one seed, in order. A pass after something else is flaky, and the first attempt that
/// did not pass is shown; without a pass, the worst attempt is.
[[nodiscard]] reports::ScenarioReport settle(std::vector<reports::ScenarioReport> attempts);

/// Notes the scenario's quarantine. While it lasts, fail and threshold become quarantined.
void apply_quarantine(reports::ScenarioReport& report, const language::Scenario& scenario, WallTime run_started);

/// The report of a scenario that is not run.
[[nodiscard]] reports::ScenarioReport skipped(const language::Scenario& scenario, const std::string& name,
                                              std::uint64_t seed, const std::string& why);

}  // namespace firstlight::harness
