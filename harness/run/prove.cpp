#include "harness/run/prove.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/run/bookkeeping.hpp"
#include "harness/run/pool.hpp"

namespace firstlight::harness {

namespace {

bool claims(const Scenario& scenario, std::string_view defect) {
  const auto& names = scenario.killed_by;
  return std::find(names.begin(), names.end(), defect) != names.end();
}

}  // namespace

std::vector<KillProof> prove(const std::vector<Scenario>& scenarios, ProofScope scope, std::uint64_t run_seed,
                             const RunFolder& folder, const RunOptions& options) {
  RunContext run{folder, run_seed, format_rfc3339(WallClock().now(), true), options};
  auto stretched = scenarios;
  for (auto& s : stretched) s.timeout = stretch(s.timeout, options.timeout_multiplier);
  std::vector<Play> plays;
  std::vector<KillProof> proofs;
  for (const auto& scenario : stretched) {
    if (!scenario.skip.empty()) continue;
    const auto seed = options.seed ? *options.seed : scenario.seed.value_or(run_seed);
    for (const auto& defect : fault::all_defects()) {
      const bool claimed = claims(scenario, defect.name);
      if (!claimed && scope == ProofScope::killers) continue;
      proofs.push_back({scenario.name, defect.defect, claimed, Verdict::pass, false, ""});
      plays.push_back({&scenario, fmt::format("{}+{}", scenario.name, defect.name), plays.size(), seed, defect.defect});
    }
  }
  const auto reports = Pool(run, std::move(plays)).run();
  for (std::size_t i = 0; i < reports.size(); ++i) {
    proofs[i].verdict = reports[i].verdict;
    proofs[i].bug = reports[i].bug;
    proofs[i].repro = reports[i].repro;
  }
  return proofs;
}

std::string matrix_table(const std::vector<Scenario>& scenarios, const std::vector<KillProof>& proofs) {
  std::map<std::pair<std::string, fault::Defect>, const KillProof*> cells;
  for (const auto& proof : proofs) cells[{proof.scenario, proof.defect}] = &proof;
  std::string text = "| scenario | fails with a camera that has |\n| --- | --- |\n";
  for (const auto& scenario : scenarios) {
    std::string names;
    for (const auto& defect : fault::all_defects()) {
      const auto cell = cells.find({scenario.name, defect.defect});
      if (cell == cells.end() || cell->second->verdict != Verdict::fail) continue;
      names += fmt::format("{}`{}`", names.empty() ? "" : " ", defect.name);
    }
    text += fmt::format("| {} | {} |\n", scenario.name, names.empty() ? "nothing" : names);
  }
  return text;
}

}  // namespace firstlight::harness
