#include "harness/run/prove.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/pool.hpp"

namespace firstlight::harness {

namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error wrong_line(std::size_t line, const std::string& why) {
  return {Errc::invalid_argument, fmt::format("line {}: {}", line, why)};
}

}  // namespace

ExpectedMatrix parse_matrix(const std::string& text) {
  ExpectedMatrix matrix;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw ErrorException(wrong_line(number, "expected `scenario: defect defect`"));
    const auto [row, fresh] = matrix.try_emplace(line.substr(0, colon));
    if (!fresh) throw ErrorException(wrong_line(number, row->first + " is there already"));
    std::istringstream names(line.substr(colon + 1));
    for (std::string name; names >> name;) {
      if (!fault::find_defect(name)) throw ErrorException(wrong_line(number, "there is no defect " + name));
      row->second.push_back(name);
    }
  }
  return matrix;
}

std::vector<KillProof> prove(const std::vector<Scenario>& scenarios, const std::optional<ExpectedMatrix>& matrix,
                             std::uint64_t run_seed, const RunFolder& folder, const RunOptions& options) {
  RunContext run{folder, run_seed, format_rfc3339(WallClock().now(), true), options};
  auto stretched = scenarios;
  for (auto& s : stretched) s.timeout = stretch(s.timeout, options.timeout_multiplier);
  std::vector<Play> plays;
  std::vector<KillProof> proofs;
  for (const auto& scenario : stretched) {
    if (!scenario.skip.empty()) continue;
    const auto seed = options.seed ? *options.seed : scenario.seed.value_or(run_seed);
    for (const auto& defect : fault::all_defects()) {
      const auto row = matrix ? matrix->find(scenario.name) : ExpectedMatrix::const_iterator{};
      const bool claimed =
          holds(scenario.killed_by, defect.name) || (matrix && row != matrix->end() && holds(row->second, defect.name));
      if (!claimed && !matrix) continue;
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
