#include "harness/run/prove.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/pool.hpp"

namespace firstlight::harness {

namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// One line of a matrix.
class MatrixLine {
 public:
  MatrixLine(const std::string& file, std::size_t number) : place_(fmt::format("{}:{}", file, number)) {}

  void read(const std::string& line, ExpectedMatrix& matrix) const {
    const auto colon = line.find(':');
    if (colon == std::string::npos) reject("expected `scenario: defect defect`");
    const auto [row, fresh] = matrix.try_emplace(line.substr(0, colon));
    if (!fresh) reject(row->first + " is there already");
    std::istringstream names(line.substr(colon + 1));
    for (std::string name; names >> name;) add(name, row->second);
  }

 private:
  void add(std::string name, MatrixRow& row) const {
    const bool either = name.starts_with('?');
    if (either) name.erase(0, 1);
    if (!fault::find_defect(name)) reject("there is no defect \"" + name + "\"");
    if (holds(either ? row.fails : row.either, name)) reject(name + " is there both with and without a ?");
    (either ? row.either : row.fails).push_back(name);
  }
  [[noreturn]] void reject(const std::string& why) const {
    throw ErrorException(Error(Errc::invalid_argument, place_ + ": " + why));
  }

  std::string place_;
};

/// What is expected; nothing: that is not asked.
std::optional<Claim> claim(const language::Scenario& scenario, std::string_view defect,
                           const std::optional<ExpectedMatrix>& matrix) {
  if (holds(scenario.killed_by, defect)) return Claim::fails;
  if (!matrix) return {};
  const auto row = matrix->find(scenario.name);
  if (row == matrix->end()) return Claim::passes;
  if (holds(row->second.fails, defect)) return Claim::fails;
  return holds(row->second.either, defect) ? Claim::either : Claim::passes;
}

bool was_played(const reports::ScenarioReport& report) {
  if (report.verdict == judge::Verdict::skipped) return false;
  return !(Interrupt::raised() && report.verdict == judge::Verdict::inconclusive);  // cut short, as far as one can tell
}

}  // namespace

ExpectedMatrix parse_matrix(const std::string& text, const std::string& file) {
  ExpectedMatrix matrix;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t\r") != std::string::npos) MatrixLine(file, number).read(line, matrix);
  }
  return matrix;
}

std::vector<KillProof> prove(const std::vector<language::Scenario>& scenarios,
                             const std::optional<ExpectedMatrix>& matrix, std::uint64_t run_seed,
                             const RunOptions& options) {
  const auto stretched = with_stretched_timeouts(scenarios, options.timeout_multiplier);
  std::vector<Play> plays;
  std::vector<KillProof> proofs;
  for (const auto& scenario : stretched) {
    if (!scenario.skip.empty()) continue;
    const auto seed = choose_seed(options.seed, scenario.seed, run_seed);
    for (const auto& defect : fault::all_defects()) {
      const auto claimed = claim(scenario, defect.name, matrix);
      if (!claimed) continue;
      const auto repro = repro_line(scenario.file, seed.value, options.timeout_multiplier, defect.defect);
      proofs.push_back({scenario.name, defect.defect, *claimed, judge::Verdict::pass, false, true, repro});
      plays.push_back({&scenario, fmt::format("{}+{}", scenario.name, defect.name), plays.size(), seed, defect.defect});
    }
  }
  if (plays.empty()) return {};
  RunContext run{make_run_folder(options.out), run_seed, format_rfc3339(WallClock().now(), true), options, {}};
  run.keys = make_keys(plays);
  const auto reports = Pool(run, std::move(plays)).run();
  for (std::size_t i = 0; i < reports.size(); ++i) {
    proofs[i].verdict = reports[i].verdict;
    proofs[i].bug = reports[i].bug;
    proofs[i].played = was_played(reports[i]);
  }
  return proofs;
}

int proof_code(const std::vector<KillProof>& proofs, bool interrupted, bool written) {
  std::vector<int> codes{interrupted ? 2 : 0, written ? 0 : 10};
  for (const auto& proof : proofs) {
    const bool infra = proof.verdict == judge::Verdict::infra;
    if (proof.played && !proof.holds()) codes.push_back(proof.bug ? 3 : infra ? 10 : 1);
  }
  return judge::most_important(codes);
}

std::string matrix_table(const std::vector<language::Scenario>& scenarios, const std::vector<KillProof>& proofs) {
  std::map<std::string, std::string> by_scenario;
  std::map<fault::Defect, std::size_t> noticed;
  for (const auto& proof : proofs) {
    if (proof.verdict != judge::Verdict::fail) continue;
    const bool either = proof.claim == Claim::either;
    auto& names = by_scenario[proof.scenario];
    names += fmt::format("{}`{}`{}", names.empty() ? "" : " ", fault::defect_name(proof.defect), either ? "?" : "");
    if (!either) ++noticed[proof.defect];
  }
  std::string text =
      "# Which scenario fails with which firmware defect\n\n"
      "Each scenario was played with cameras that have one [defect](firmware-defects.md), once for every\n"
      "defect there is. It must fail with those of its `killed_by` and of `tests/suites/matrix.txt`, which\n"
      "were written down before, and with no other. A `?` marks what the machine's load decides: it may\n"
      "come out either way, and is not counted below. Written by `./check --matrix`.\n\n"
      "| scenario | fails with cameras that have |\n| --- | --- |\n";
  for (const auto& scenario : scenarios) {
    const auto names = by_scenario.find(scenario.name);
    text += fmt::format("| {} | {} |\n", scenario.name, names == by_scenario.end() ? "nothing" : names->second);
  }
  text += "\n| defect | scenarios that fail with it |\n| --- | --- |\n";
  for (const auto& defect : fault::all_defects())
    text += fmt::format("| `{}` | {} |\n", defect.name, noticed[defect.defect]);
  return text;
}

}  // namespace firstlight::harness
