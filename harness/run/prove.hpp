// Shows that scenarios can fail: plays them with cameras that have a known bug, and compares the verdicts with what the
// scenarios claim (`killed_by`). Called by the verb `prove`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fault/defects.hpp"
#include "harness/run/runner.hpp"

namespace firstlight::harness {

/// What a scenario is expected to do beside its `killed_by`.
struct MatrixRow {
  std::vector<std::string> fails;   // with these defects
  std::vector<std::string> either;  // with these it may fail or not: the machine's load decides
};
/// By the scenario's name.
using ExpectedMatrix = std::map<std::string, MatrixRow>;

/// Lines `scenario: defect defect ?defect …`, where `?` begins what may fail or not; `#` begins a comment. Throws
/// ErrorException (invalid-argument; detail: file, line and reason) for a defect that there is not, one that is
/// expected both ways, a scenario twice, or a line of another form.
[[nodiscard]] ExpectedMatrix parse_matrix(const std::string& text, const std::string& file);

/// What is expected of a scenario that is played with a defect.
enum class Claim : std::uint8_t { passes, fails, either };

struct KillProof {
  std::string scenario;
  fault::Defect defect{};
  Claim claim = Claim::passes;
  judge::Verdict verdict = judge::Verdict::pass;
  bool bug = false;
  bool played = true;  // to its end; not so when the proof was interrupted before
  std::string repro;
  /// A scenario fails with the defects that it claims and with no other. Inconclusive is no failure; the lab's own
  /// trouble proves neither.
  [[nodiscard]] bool holds() const {
    const bool as_claimed = claim == Claim::either || (verdict == judge::Verdict::fail) == (claim == Claim::fails);
    return played && !bug && verdict != judge::Verdict::infra && as_claimed;
  }
};

/// Without a matrix: each scenario with the defects of its `killed_by`. With one: with every defect, those of its
/// `killed_by` and of the matrix being claimed (`killed_by` comes before a `?`). In the order of scenarios and defects;
/// skipped ones are left out. Makes a run's folder below options.out, unless there is nothing to play. Throws
/// ErrorException (io-error) when that cannot be made.
[[nodiscard]] std::vector<KillProof> prove(const std::vector<language::Scenario>& scenarios,
                                           const std::optional<ExpectedMatrix>& matrix, std::uint64_t run_seed,
                                           const RunOptions& options);

/// The exit code: the most important of what the proofs, an interrupt and the reports that `written` tells of ask for.
[[nodiscard]] int proof_code(const std::vector<KillProof>& proofs, bool interrupted, bool written);

/// A page in Markdown: each scenario with the defects with which it failed (a `?` behind those with which it may or may
/// not), and each defect with the number of scenarios that are sure to notice it.
[[nodiscard]] std::string matrix_table(const std::vector<language::Scenario>& scenarios,
                                       const std::vector<KillProof>& proofs);

}  // namespace firstlight::harness
