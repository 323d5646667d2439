// Verdicts and what they rest on. Made by the judge from a scenario and its journal; read by the reports and the exit
// code.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/event.hpp"
#include "judge/measure.hpp"
#include "language/scenario.hpp"

namespace firstlight::judge {

enum class Verdict : std::uint8_t { pass, fail, threshold, inconclusive, infra, flaky, skipped, quarantined };
[[nodiscard]] std::string_view verdict_name(Verdict v);

/// An event that a verdict rests on; (lane, sequence) finds its line in the journal.
struct Evidence {
  std::uint16_t lane = 0;
  std::uint32_t sequence = 0;
  std::int64_t t_ns = 0;
  std::string text;  // narrated
};

struct CheckResult {
  std::string expect;    // the expectation as the scenario writes it, or an implicit one ("timeout: 60s")
  std::size_t line = 0;  // in the scenario's file; 0: implicit
  Verdict verdict = Verdict::pass;
  std::string observed;                // one sentence with numbers
  std::vector<std::uint32_t> cameras;  // those concerned when it is not a pass, ascending
  std::vector<Evidence> evidence;      // a few events that show it, in order; empty where none can
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

/// Pure: the same events give the same outcome. The scenario was loaded with judge::vocabulary(). `infra_reason` is a
/// trouble of the lab that the journal could not record (empty: none).
[[nodiscard]] Outcome judge(const language::Scenario& scenario, std::uint64_t seed,
                            const std::vector<journal::Event>& events, const std::string& infra_reason);

/// The verdict of several: infra, then fail, threshold, inconclusive, pass.
[[nodiscard]] Verdict worst(const std::vector<CheckResult>& checks);

/// What a run's exit code depends on beside the verdicts of its scenarios.
struct RunFacts {
  bool interrupted = false;
  bool bug = false;          // of firstlight itself: a scenario's process crashed
  bool flaky_fails = false;  // --flaky=fail
};
/// Exit codes of a run (docs/verdicts.md): the most important of those that apply. No scenario at all, or only skipped
/// ones, is 5 (nothing selected), because nothing was judged.
[[nodiscard]] int exit_code(std::span<const Verdict> verdicts, const RunFacts& facts);
/// The first of 4, 3, 2, 1, 10, 11, 12, 13, 5 that is among them; 0 when none is.
[[nodiscard]] int most_important(std::span<const int> codes);
[[nodiscard]] std::string_view exit_reason(int code);

}  // namespace firstlight::judge
