// One attempt at one scenario of a run, before and after: what is asked of the process that plays it, and what is said
// of the journal that it leaves. Used by the pool; `judge` repeats the second half from the journal alone.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "harness/plan/seed.hpp"
#include "harness/run/child.hpp"
#include "harness/run/runner.hpp"

namespace firstlight::harness {

/// A scenario's place in the run; with --repeat each repeat has its own.
struct Play {
  const language::Scenario* scenario = nullptr;
  std::string name;       // "x", or "x#2"
  std::size_t index = 0;  // in the report
  Seed seed;
  fault::DefectSet defects;  // beside the scenario's own
};
/// In the order of the scenarios, each with its repeats. `scenarios` outlives the plays.
[[nodiscard]] std::vector<Play> make_plays(const std::vector<language::Scenario>& scenarios, std::uint64_t run_seed,
                                           const RunOptions& options);
/// The scenarios with the timeouts that count.
[[nodiscard]] std::vector<language::Scenario> with_stretched_timeouts(std::vector<language::Scenario> scenarios,
                                                                      double multiplier);

/// RSA keys that the scenarios of a run share, as they are being made, on threads of their own: one takes longer than
/// all else that a lab needs to start.
struct RunKeys {
  std::shared_future<Secret> endorse;               // waited for
  std::shared_future<std::vector<Secret>> devices;  // not waited for: a lab that starts before makes its own
};
/// None for a single play. Their end is waited for when the last copy goes.
[[nodiscard]] RunKeys make_keys(const std::vector<Play>& plays);

/// What all attempts of a run share.
struct RunContext {
  RunFolder folder;
  std::uint64_t seed = 0;  // the run's
  std::string started_at;  // RFC 3339
  RunOptions options;
  RunKeys keys;

  [[nodiscard]] WallTime started() const;
};

/// Below the run's folder: "x/journal.jsonl", for a retry "x.retry1/journal.jsonl".
[[nodiscard]] std::string journal_name(const Play& play, unsigned attempt);
/// Makes the folder of the attempt (from 1) and says what is to be played.
[[nodiscard]] PlayRequest prepare(const Play& play, unsigned attempt, const RunContext& run);
/// Judges the journal that the attempt has left, if it has left any.
[[nodiscard]] reports::ScenarioReport assess(const Play& play, unsigned attempt, const RunContext& run,
                                             const PlayEnd& end);

}  // namespace firstlight::harness
