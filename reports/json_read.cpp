#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

using judge::Verdict;
using Json = nlohmann::ordered_json;

constexpr std::int64_t kMostAny = std::int64_t{1} << 61;  // as in the journal

struct Wrong {
  std::string what;
};

/// A whole number that T holds: get<T>() would make something else of any other. Times may be negative.
template <class T>
T number(const Json& j) {
  constexpr auto kLeast = std::max<std::int64_t>(std::numeric_limits<T>::min(), -kMostAny);
  constexpr auto kMost = std::min<std::uint64_t>(std::numeric_limits<T>::max(), kMostAny);
  const bool fits = j.is_number_unsigned() ? j.get<std::uint64_t>() <= kMost
                                           : j.is_number_integer() && j.get<std::int64_t>() >= kLeast;
  if (!fits) throw Wrong{fmt::format("{} where a whole number from {} to {} is due", j.dump(), kLeast, kMost)};
  return j.get<T>();
}

/// Any number of 64 bits.
std::uint64_t seed_of(const Json& j) {
  if (!j.is_number_unsigned()) throw Wrong{fmt::format("{} where a seed is due", j.dump())};
  return j.get<std::uint64_t>();
}

judge::Verdict verdict_of(const Json& j) {
  const auto name = j.get<std::string>();
  for (int v = 0; v <= static_cast<int>(judge::Verdict::quarantined); ++v)
    if (judge::verdict_name(static_cast<judge::Verdict>(v)) == name) return static_cast<judge::Verdict>(v);
  throw Wrong{fmt::format("there is no verdict \"{}\"", name)};
}

std::int64_t us_of(const Json& stage, const char* member) {
  constexpr double kMost = 1e13;  // three hundred years
  const auto ms = stage.at(member).get<double>();
  if (!(std::abs(ms) <= kMost)) throw Wrong{fmt::format("{} ms is no duration", ms)};
  return std::llround(ms * 1000.0);
}

StageReport read_stage(const std::string& name, const Json& j) {
  return {name,
          number<std::uint64_t>(j.at("count")),
          number<std::uint64_t>(j.at("failed")),
          us_of(j, "p50_ms"),
          us_of(j, "p90_ms"),
          us_of(j, "p99_ms"),
          us_of(j, "max_ms")};
}

judge::CheckResult read_check(const Json& j) {
  judge::CheckResult check;
  check.expect = j.at("expect").get<std::string>();
  check.line = number<std::size_t>(j.at("line"));
  check.verdict = verdict_of(j.at("verdict"));
  check.observed = j.at("observed").get<std::string>();
  for (const auto& camera : j.at("cameras")) check.cameras.push_back(number<std::uint32_t>(camera));
  for (const auto& p : j.at("proof"))
    check.evidence.push_back({number<std::uint16_t>(p.at("lane")), number<std::uint32_t>(p.at("seq")),
                              number<std::int64_t>(p.at("t_ns")), p.at("text").get<std::string>()});
  return check;
}

FaultReport read_fault(const Json& j) {
  FaultReport fault;
  fault.id = j.at("id").get<std::string>();
  fault.at = j.at("at").get<std::string>();
  fault.repeatable = j.at("repeatable").get<bool>();
  for (const auto& f : j.at("firings"))
    fault.firings.push_back({number<std::uint32_t>(f.at("camera")), number<std::uint32_t>(f.at("attempt"))});
  return fault;
}

void read_occasional(const Json& j, ScenarioReport& s) {
  if (const auto t = j.find("timeline"); t != j.end()) {
    s.timeline_camera = number<std::uint32_t>(t->at("camera"));
    s.timeline = t->at("lines").get<std::vector<std::string>>();
    s.timeline_left_out = number<std::size_t>(t->at("left_out"));
  }
  if (const auto attempts = j.find("attempts"); attempts != j.end())
    for (const auto& a : *attempts)
      s.attempts.push_back({verdict_of(a.at("verdict")), a.at("journal").get<std::string>()});
  if (const auto q = j.find("quarantine"); q != j.end())
    s.quarantine = QuarantineReport{q->at("until").get<std::string>(), q->at("reason").get<std::string>(),
                                    q->at("expired").get<bool>()};
}

ScenarioReport read_scenario(const Json& j) {
  ScenarioReport s;
  s.name = j.at("name").get<std::string>();
  s.file = j.at("file").get<std::string>();
  s.seed = seed_of(j.at("seed"));
  s.started_at = j.at("started_at").get<std::string>();
  s.duration_ms = number<std::int64_t>(j.at("duration_ms"));
  s.verdict = verdict_of(j.at("verdict"));
  s.bug = j.at("bug").get<bool>();
  s.cameras = number<std::uint32_t>(j.at("cameras"));
  s.online = number<std::uint32_t>(j.at("online"));
  for (const auto& [name, stage] : j.at("stages").items()) s.stages.push_back(read_stage(name, stage));
  for (const auto& check : j.at("checks")) s.checks.push_back(read_check(check));
  for (const auto& fault : j.at("faults")) s.faults.push_back(read_fault(fault));
  s.repro = j.at("repro").get<std::string>();
  s.journal = j.at("journal").get<std::string>();
  read_occasional(j, s);
  return s;
}

RunReport read_report(const Json& j) {
  if (!j.is_object() || !j.contains("schema_version")) throw Wrong{"this is no report of firstlight"};
  // Compared as it stands: get<int>() would make 1 of 1.5 and of 2^32 + 1.
  if (const auto& version = j.at("schema_version"); !version.is_number_integer() || version != kReportSchemaVersion)
    throw Wrong{
        fmt::format("schema version {}, but this program reads version {}", version.dump(), kReportSchemaVersion)};
  const auto& run = j.at("run");
  RunReport report;
  report.id = run.at("id").get<std::string>();
  report.seed = seed_of(run.at("seed"));
  report.version = run.at("version").get<std::string>();
  report.started_at = run.at("started_at").get<std::string>();
  report.duration_ms = number<std::int64_t>(run.at("duration_ms"));
  report.interrupted = run.at("interrupted").get<bool>();
  report.flaky_fails = run.at("flaky").get<std::string>() == "fail";
  report.timeout_multiplier = run.at("timeout_multiplier").get<double>();
  report.part = run.value("shard", "");
  report.merged_from = run.value("merged_from", std::vector<std::string>{});
  report.missing_parts = run.value("missing_shards", std::vector<std::string>{});
  for (const auto& s : j.at("scenarios")) report.scenarios.push_back(read_scenario(s));
  return report;
}

}  // namespace

RunReport from_json(std::string_view json, const std::string& origin) {
  try {
    return read_report(Json::parse(json));
  } catch (const Wrong& wrong) {
    throw ErrorException(Error(Errc::invalid_argument, origin + ": " + wrong.what));
  } catch (const nlohmann::json::exception& e) {
    throw ErrorException(
        Error(Errc::invalid_argument, fmt::format("{}: no report of firstlight: {}", origin, e.what())));
  }
}

}  // namespace firstlight::reports
