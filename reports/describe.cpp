// From one judged journal to what the reports say of it.
#include <fmt/format.h>

#include <algorithm>

#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

StageReport stage_report(std::string_view name, const judge::Samples& s, std::uint64_t failed) {
  return {std::string(name), s.count(), failed, s.percentile(50), s.percentile(90), s.percentile(99), s.max()};
}

std::vector<StageReport> stage_reports(const judge::Measurements& m) {
  std::vector<StageReport> stages;
  for (std::size_t i = 0; i < journal::kStageCount; ++i)
    if (m.stages[i].count() + m.failed[i] > 0)
      stages.push_back(stage_report(journal::kStages[i].name, m.stages[i], m.failed[i]));
  stages.push_back(stage_report("total", m.total, 0));
  stages.push_back(stage_report("total_from_power_on", m.total_from_power_on, 0));
  stages.push_back(stage_report("generator_lag", m.generator_lag, 0));
  return stages;
}

/// Every rule of the scenario, also one that never fired. No times: two runs with one seed can be compared. What fires
/// in the teardown does not count, as for the checks.
std::vector<FaultReport> fault_reports(const language::Scenario& scenario, const std::vector<journal::Event>& events) {
  std::vector<FaultReport> faults;
  for (const auto& rule : scenario.faults) faults.push_back({rule.id, rule.at, rule.repeatable, {}});
  for (const auto& event : events) {
    if (std::holds_alternative<journal::RunEnded>(event.payload)) break;
    const auto* fired = std::get_if<journal::FaultFired>(&event.payload);
    if (fired == nullptr) continue;
    for (auto& fault : faults)
      if (fault.id == fired->rule) fault.firings.push_back({event.camera, fired->attempt});
  }
  for (auto& fault : faults) std::sort(fault.firings.begin(), fault.firings.end());
  return faults;
}

}  // namespace

ScenarioReport describe(const language::Scenario& scenario, const judge::Outcome& outcome,
                        const std::vector<journal::Event>& events) {
  ScenarioReport report;
  report.name = outcome.name;
  report.file = outcome.file;
  report.seed = outcome.seed;
  report.started_at = outcome.started_at;
  report.duration_ms = outcome.measured.last_ns / 1'000'000;
  report.verdict = outcome.verdict;
  report.cameras = outcome.cameras;
  report.online = outcome.online;
  report.stages = stage_reports(outcome.measured);
  report.checks = outcome.checks;
  report.faults = fault_reports(scenario, events);
  report.timeline = outcome.timeline;
  report.timeline_camera = outcome.timeline_camera;
  report.repro = outcome.repro;
  return report;
}

int RunReport::exit_code() const {
  judge::RunFacts facts{interrupted, false, flaky_fails};
  std::vector<judge::Verdict> verdicts;
  for (const auto& s : scenarios) {
    facts.bug = facts.bug || s.bug;
    verdicts.push_back(s.verdict);
  }
  // A part may be empty without anything being wrong; the merged whole may not.
  const bool empty_part = scenarios.empty() && !part.empty() && !interrupted;
  const int code = empty_part ? 0 : judge::exit_code(verdicts, facts);
  const int missing = missing_parts.empty() ? 0 : 10;
  return judge::most_important(std::vector<int>{code, missing});
}

}  // namespace firstlight::reports
