// What all report formats are made from: one run and its scenarios as plain values, which the JSON form holds whole.
// Filled by `run` and `judge` from journals, and by `merge` from JSON reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/event.hpp"
#include "judge/verdict.hpp"

namespace firstlight::reports {

inline constexpr int kReportSchemaVersion = 1;

/// Latencies of one stage, in microseconds; percentiles by nearest rank.
struct StageReport {
  std::string stage;
  std::uint64_t count = 0;   // successful tries
  std::uint64_t failed = 0;  // unsuccessful ones
  std::int64_t p50_us = 0, p90_us = 0, p99_us = 0, max_us = 0;
};

struct Firing {
  std::uint32_t camera = 0;  // 0: not known
  std::uint32_t attempt = 0;
  friend auto operator<=>(const Firing&, const Firing&) = default;
};
struct FaultReport {
  std::string id;
  std::string at;
  bool repeatable = true;
  std::vector<Firing> firings;  // by camera, then attempt
};

struct QuarantineReport {
  std::string until;  // the last day, YYYY-MM-DD
  std::string reason;
  bool expired = false;  // on the day when the run started
};

struct AttemptReport {  // of a scenario that was retried
  judge::Verdict verdict = judge::Verdict::pass;
  std::string journal;
};

struct ScenarioReport {
  std::string name;  // of the scenario; with --repeat "name#2"
  std::string file;
  std::uint64_t seed = 0;
  std::string started_at;  // RFC 3339; empty: not run
  std::int64_t duration_ms = 0;
  judge::Verdict verdict = judge::Verdict::pass;
  bool bug = false;  // of firstlight: the process that played it crashed
  std::uint32_t cameras = 0;
  std::uint32_t online = 0;         // at the end
  std::vector<StageReport> stages;  // in the order of the path; "total" and two more always, at the end
  std::vector<judge::CheckResult> checks;
  std::vector<FaultReport> faults;    // in the scenario's order
  std::vector<std::string> timeline;  // of the first camera concerned; empty when all passed
  std::uint32_t timeline_camera = 0;
  std::size_t timeline_left_out = 0;    // lines that only the journal has, of a report that was read back
  std::string repro;                    // the command line that repeats it
  std::string journal;                  // below the run's folder; empty: not run
  std::vector<AttemptReport> attempts;  // more than one only after a retry; the rest tells the one that counts
  std::optional<QuarantineReport> quarantine;
};

struct RunReport {
  std::string id;  // the folder's name below out/
  std::uint64_t seed = 0;
  std::string version;
  std::string started_at;  // RFC 3339
  std::int64_t duration_ms = 0;
  bool interrupted = false;
  bool flaky_fails = false;                // --flaky=fail
  double timeout_multiplier = 1;           // --timeout-multiplier
  std::string part;                        // "2/3"; empty: all
  std::vector<std::string> merged_from;    // runs, when this is a merged report
  std::vector<std::string> missing_parts;  // parts that the merged runs do not have
  std::vector<ScenarioReport> scenarios;

  [[nodiscard]] int exit_code() const;
};

/// What is said of one judged journal. `outcome` is its verdict, `events` its events.
[[nodiscard]] ScenarioReport describe(const language::Scenario& scenario, const judge::Outcome& outcome,
                                      const std::vector<journal::Event>& events);

/// For people: a verdict a scenario, a table of stages, and what failed with its first camera's timeline.
[[nodiscard]] std::string summary(const RunReport& report, bool colour);
/// The machine-readable form (docs/report.schema.json).
[[nodiscard]] std::string to_json(const RunReport& report);
/// The inverse of to_json(). Throws ErrorException (invalid-argument; detail: the origin and what is wrong with it) for
/// anything else, another schema version included.
[[nodiscard]] RunReport from_json(std::string_view json, const std::string& origin);
/// JUnit XML: one testsuite a scenario, one testcase a check. Characters that XML 1.0 forbids are replaced.
[[nodiscard]] std::string to_junit(const RunReport& report);
/// Annotations of GitHub's workflow commands, a line each; at most ten errors, and a notice of how many more.
[[nodiscard]] std::string to_github(const RunReport& report);

/// Several runs as one: shards of a suite, or different suites. Throws ErrorException (invalid-argument) for the same
/// scenario or shard twice, and for shards of different divisions. The result's `missing_parts` names what is missing.
[[nodiscard]] RunReport merge(const std::vector<RunReport>& reports);

}  // namespace firstlight::reports
