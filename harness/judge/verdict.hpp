// Verdicts and what they rest on. Made by the judge from a scenario and its journal; read by the reports and the exit
// code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/measure.hpp"
#include "harness/scenario/scenario.hpp"
#include "journal/event.hpp"

namespace firstlight::harness {

enum class Verdict : std::uint8_t { pass, fail, threshold, inconclusive, infra, flaky, skipped, quarantined };
[[nodiscard]] std::string_view verdict_name(Verdict v);

struct CheckResult {
  std::string expect;    // the expectation as the scenario writes it, or an implicit one ("timeout: 60s")
  std::size_t line = 0;  // in the scenario's file; 0: implicit
  Verdict verdict = Verdict::pass;
  std::string observed;                // one sentence with numbers
  std::vector<std::uint32_t> cameras;  // those concerned when it is not a pass, ascending
};

struct Outcome {
  std::string name;
  std::string file;
  std::uint64_t seed = 0;
  std::string started_at;  // RFC 3339
  Verdict verdict = Verdict::pass;
  std::uint32_t cameras = 0;
  std::uint32_t online = 0;  // at the end
  Measurements measured;
  std::vector<CheckResult> checks;
  std::vector<std::string> timeline;  // of the first camera concerned, narrated; empty when all passed
  std::uint32_t timeline_camera = 0;
  std::string repro;  // the command line that repeats it
};

/// Pure: the same events give the same outcome. `infra_reason` is a trouble of the lab that the journal could not
/// record (empty: none).
[[nodiscard]] Outcome judge(const Scenario& scenario, std::uint64_t seed, const std::vector<journal::Event>& events,
                            const std::string& infra_reason);

/// The verdict of several: infra, then fail, threshold, inconclusive, pass.
[[nodiscard]] Verdict worst(const std::vector<CheckResult>& checks);

/// Exit codes of a run (README.md). Several may apply: the first of 2, 1, 10, 11, 12, 0 that does.
[[nodiscard]] int exit_code(const std::vector<Outcome>& outcomes, bool interrupted);
[[nodiscard]] std::string_view exit_reason(int code);

}  // namespace firstlight::harness
