#include <map>
#include <nlohmann/json.hpp>

#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

using harness::Samples;
using nlohmann::ordered_json;

double to_ms(std::int64_t us) {
  return static_cast<double>(us) / 1000.0;
}

ordered_json stage_json(const Samples& s) {
  return {{"count", s.count()},
          {"p50_ms", to_ms(s.percentile(50))},
          {"p90_ms", to_ms(s.percentile(90))},
          {"p99_ms", to_ms(s.percentile(99))},
          {"max_ms", to_ms(s.max())}};
}

ordered_json stages_json(const harness::Measurements& m) {
  ordered_json stages = ordered_json::object();
  for (std::size_t i = 0; i < journal::kStageCount; ++i)
    if (m.stages[i].count() > 0)
      stages[std::string(journal::stage_name(static_cast<journal::Stage>(i)))] = stage_json(m.stages[i]);
  stages["total"] = stage_json(m.total);
  stages["total_from_power_on"] = stage_json(m.total_from_power_on);
  stages["generator_lag"] = stage_json(m.generator_lag);
  return stages;
}

ordered_json scenario_json(const harness::Outcome& o) {
  ordered_json checks = ordered_json::array();
  for (const auto& c : o.checks)
    checks.push_back({{"expect", c.expect},
                      {"verdict", harness::verdict_name(c.verdict)},
                      {"observed", c.observed},
                      {"cameras", c.cameras},
                      {"repro", o.repro}});
  return {{"name", o.name},
          {"file", o.file},
          {"seed", o.seed},
          {"verdict", harness::verdict_name(o.verdict)},
          {"cameras", o.cameras},
          {"online", o.online},
          {"stages", stages_json(o.measured)},
          {"checks", checks},
          {"faults", ordered_json::array()}};
}

}  // namespace

std::string to_json(const RunReport& report) {
  const int code = report.exit_code();
  std::map<std::string, int> totals;
  ordered_json scenarios = ordered_json::array();
  for (const auto& o : report.outcomes) {
    ++totals[std::string(harness::verdict_name(o.verdict))];
    scenarios.push_back(scenario_json(o));
  }
  const ordered_json document = {{"schema_version", 1},
                                 {"run",
                                  {{"id", report.id},
                                   {"seed", report.seed},
                                   {"version", report.version},
                                   {"started_at", report.started_at},
                                   {"duration_ms", report.duration_ms},
                                   {"exit_code", code},
                                   {"exit_reason", harness::exit_reason(code)}}},
                                 {"totals", totals},
                                 {"scenarios", scenarios}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace firstlight::reports
