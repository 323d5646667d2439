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

/// Scenario → the defects with which it is expected to fail.
using ExpectedMatrix = std::map<std::string, std::vector<std::string>>;

/// Lines `scenario: defect defect …`; `#` begins a comment. Throws ErrorException (invalid-argument; detail: line and
/// reason) for a defect that there is not, a scenario twice, or a line of another form.
[[nodiscard]] ExpectedMatrix parse_matrix(const std::string& text);

struct KillProof {
  std::string scenario;
  fault::Defect defect{};
  bool claimed = false;  // the scenario says that it fails
  Verdict verdict = Verdict::pass;
  bool bug = false;
  std::string repro;
  /// A scenario fails with the defects that it claims, and passes with all others.
  [[nodiscard]] bool holds() const { return !bug && (verdict == Verdict::fail) == claimed; }
};

/// Without a matrix: each scenario with the defects of its `killed_by`. With one: with every defect, those of its
/// `killed_by` and of the matrix being claimed. In the order of scenarios and defects; skipped ones are left out.
[[nodiscard]] std::vector<KillProof> prove(const std::vector<Scenario>& scenarios,
                                           const std::optional<ExpectedMatrix>& matrix, std::uint64_t run_seed,
                                           const RunFolder& folder, const RunOptions& options);

/// A Markdown table: scenarios down, defects across, a mark where a scenario fails.
[[nodiscard]] std::string matrix_table(const std::vector<Scenario>& scenarios, const std::vector<KillProof>& proofs);

}  // namespace firstlight::harness
