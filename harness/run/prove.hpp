// Shows that scenarios can fail: plays them with cameras that have a known bug, and compares the verdicts with what the
// scenarios claim (`killed_by`). Called by the verb `prove`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fault/defects.hpp"
#include "harness/run/runner.hpp"

namespace firstlight::harness {

enum class ProofScope : std::uint8_t {
  killers,  // each scenario with the defects that it claims to notice
  matrix,   // each scenario with every defect
};

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

/// In the order of scenarios and defects. Skipped scenarios are left out.
[[nodiscard]] std::vector<KillProof> prove(const std::vector<Scenario>& scenarios, ProofScope scope,
                                           std::uint64_t run_seed, const RunFolder& folder, const RunOptions& options);

/// A Markdown table: scenarios down, defects across, a mark where a scenario fails.
[[nodiscard]] std::string matrix_table(const std::vector<Scenario>& scenarios, const std::vector<KillProof>& proofs);

}  // namespace firstlight::harness
