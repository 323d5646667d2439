#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kTimelineInJson = 200;  // the journal has them all

double to_ms(std::int64_t us) {
  return static_cast<double>(us) / 1000.0;
}

ordered_json stages_json(const ScenarioReport& s) {
  ordered_json stages = ordered_json::object();
  for (const auto& stage : s.stages)
    stages[stage.stage] = {{"count", stage.count},          {"failed", stage.failed},
                           {"p50_ms", to_ms(stage.p50_us)}, {"p90_ms", to_ms(stage.p90_us)},
                           {"p99_ms", to_ms(stage.p99_us)}, {"max_ms", to_ms(stage.max_us)}};
  return stages;
}

ordered_json checks_json(const ScenarioReport& s) {
  ordered_json checks = ordered_json::array();
  for (const auto& c : s.checks) {
    ordered_json proof = ordered_json::array();
    for (const auto& p : c.evidence)
      proof.push_back({{"lane", p.lane}, {"seq", p.sequence}, {"t_ns", p.t_ns}, {"text", p.text}});
    checks.push_back({{"expect", c.expect},
                      {"line", c.line},
                      {"verdict", judge::verdict_name(c.verdict)},
                      {"observed", c.observed},
                      {"cameras", c.cameras},
                      {"proof", proof},
                      {"repro", s.repro}});
  }
  return checks;
}

ordered_json faults_json(const ScenarioReport& s) {
  ordered_json faults = ordered_json::array();
  for (const auto& f : s.faults) {
    ordered_json firings = ordered_json::array();
    for (const auto& firing : f.firings) firings.push_back({{"camera", firing.camera}, {"attempt", firing.attempt}});
    faults.push_back(
        {{"id", f.id}, {"at", f.at}, {"fired", f.firings.size()}, {"repeatable", f.repeatable}, {"firings", firings}});
  }
  return faults;
}

ordered_json scenario_json(const ScenarioReport& s) {
  ordered_json out = {{"name", s.name},
                      {"file", s.file},
                      {"seed", s.seed},
                      {"started_at", s.started_at},
                      {"duration_ms", s.duration_ms},
                      {"verdict", judge::verdict_name(s.verdict)},
                      {"bug", s.bug},
                      {"cameras", s.cameras},
                      {"online", s.online},
                      {"stages", stages_json(s)},
                      {"checks", checks_json(s)},
                      {"faults", faults_json(s)},
                      {"repro", s.repro},
                      {"journal", s.journal}};
  if (s.timeline_camera != 0) {
    const auto shown = s.timeline.begin() + static_cast<std::ptrdiff_t>(std::min(s.timeline.size(), kTimelineInJson));
    out["timeline"] = {{"camera", s.timeline_camera},
                       {"lines", std::vector<std::string>(s.timeline.begin(), shown)},
                       {"left_out", static_cast<std::size_t>(s.timeline.end() - shown) + s.timeline_left_out}};
  }
  if (s.attempts.size() > 1) {
    out["attempts"] = ordered_json::array();
    for (const auto& a : s.attempts)
      out["attempts"].push_back({{"verdict", judge::verdict_name(a.verdict)}, {"journal", a.journal}});
  }
  if (s.quarantine)
    out["quarantine"] = {
        {"until", s.quarantine->until}, {"reason", s.quarantine->reason}, {"expired", s.quarantine->expired}};
  return out;
}

ordered_json run_json(const RunReport& report) {
  const int code = report.exit_code();
  ordered_json run = {{"id", report.id},
                      {"seed", report.seed},
                      {"version", report.version},
                      {"started_at", report.started_at},
                      {"duration_ms", report.duration_ms},
                      {"exit_code", code},
                      {"exit_reason", judge::exit_reason(code)},
                      {"interrupted", report.interrupted},
                      {"flaky", report.flaky_fails ? "fail" : "pass"},
                      {"timeout_multiplier", report.timeout_multiplier}};
  if (!report.part.empty()) run["shard"] = report.part;
  if (!report.merged_from.empty()) {
    run["merged_from"] = report.merged_from;
    run["missing_shards"] = report.missing_parts;
  }
  return run;
}

}  // namespace

std::string to_json(const RunReport& report) {
  std::map<std::string, int> totals;
  ordered_json scenarios = ordered_json::array();
  for (const auto& s : report.scenarios) {
    ++totals[std::string(judge::verdict_name(s.verdict))];
    scenarios.push_back(scenario_json(s));
  }
  const ordered_json document = {{"schema_version", kReportSchemaVersion},
                                 {"run", run_json(report)},
                                 {"totals", totals},
                                 {"scenarios", scenarios}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace firstlight::reports
