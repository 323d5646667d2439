// What all report formats are made from: one run and its scenarios' outcomes. Filled by `run` and by `judge`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/judge/verdict.hpp"

namespace firstlight::reports {

struct RunReport {
  std::string id;  // the folder's name below out/
  std::uint64_t seed = 0;
  std::string version;
  std::string started_at;  // RFC 3339
  std::int64_t duration_ms = 0;
  bool interrupted = false;
  std::vector<harness::Outcome> outcomes;

  [[nodiscard]] int exit_code() const { return harness::exit_code(outcomes, interrupted); }
};

/// For people: a verdict a scenario, a table of stages, and what failed with its first camera's timeline.
[[nodiscard]] std::string summary(const RunReport& report, bool colour);
/// The machine-readable form, schema version 1 (docs/reports.md).
[[nodiscard]] std::string to_json(const RunReport& report);
/// JUnit XML: one testsuite a scenario, one testcase a check. Characters that XML 1.0 forbids are replaced.
[[nodiscard]] std::string to_junit(const RunReport& report);

}  // namespace firstlight::reports
