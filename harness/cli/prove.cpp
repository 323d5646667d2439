// The verb `prove`: scenarios must fail with the firmware defects that they claim to notice.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/error.hpp"
#include "harness/cli/cli.hpp"
#include "harness/plan/seed.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/prove.hpp"
#include "judge/vocabulary.hpp"
#include "language/suite.hpp"

namespace firstlight::harness::cli {

namespace {

const std::vector<std::string> kAllScenarios{"scenarios"};

struct ProveOptions {
  std::vector<std::string> paths = kAllScenarios;
  language::SuiteFilter filter;
  RunOptions run;
  std::string table, matrix;
};

/// The matrix's scenarios that are none of those below the paths, whatever their tags.
std::vector<std::string> rows_without_scenario(const ExpectedMatrix& matrix, const std::vector<std::string>& paths) {
  std::set<std::string> known;
  for (const auto& scenario : language::load_suite(paths, judge::vocabulary()).scenarios) known.insert(scenario.name);
  std::vector<std::string> names;
  for (const auto& [name, row] : matrix)
    if (!known.contains(name)) names.push_back(name);
  return names;
}

/// A row that belongs to no scenario expects nothing of anybody, and must not go unnoticed. Where only some scenarios
/// are looked at, rows of others are nothing strange.
void check_rows(const ExpectedMatrix& matrix, const ProveOptions& o) {
  constexpr std::size_t kShown = 5;
  auto names = rows_without_scenario(matrix, o.paths);
  if (names.empty()) return;
  const auto count = names.size();
  names.resize(std::min(count, kShown));
  const auto text = fmt::format("{}: {} of its rows belong to no scenario in {}: {}{}", o.matrix, count,
                                fmt::join(o.paths, ", "), fmt::join(names, ", "), count > kShown ? ", …" : "");
  if (o.paths == kAllScenarios) throw UsageError(text);
  if (o.run.verbosity != Verbosity::quiet) complain(text);
}

std::optional<ExpectedMatrix> read_matrix(const ProveOptions& o) {
  if (o.matrix.empty()) return {};
  auto matrix = parse_matrix(read_whole_file(o.matrix), o.matrix);
  check_rows(matrix, o);
  return matrix;
}

void print(const KillProof& proof) {
  const auto defect = fault::defect_name(proof.defect);
  const auto verdict = proof.bug ? std::string_view("a bug of firstlight") : judge::verdict_name(proof.verdict);
  const auto claim = proof.bug || proof.verdict == judge::Verdict::infra ? "which proves nothing"
                     : proof.claim == Claim::fails                       ? "although the scenario says that it fails"
                                                   : "although the scenario does not say that it fails";
  print_to(stdout, "{} with {}: {} {}\n    repeat: {}\n", proof.scenario, defect, verdict, claim, proof.repro);
}

void print(const std::vector<KillProof>& proofs) {
  const auto count = [&](auto which) { return std::count_if(proofs.begin(), proofs.end(), which); };
  for (const auto& proof : proofs)
    if (proof.played && !proof.holds()) print(proof);
  const auto unplayed = count([](const KillProof& proof) { return !proof.played; });
  print_to(stdout, "{} of {} proofs hold{}\n", count([](const KillProof& proof) { return proof.holds(); }),
           proofs.size(), unplayed > 0 ? fmt::format("; {} were not played to the end", unplayed) : "");
}

int prove_all(ProveOptions& o) {
  check_report_path(o.table);
  const auto suite = language::load_suite(o.paths, judge::vocabulary(), o.filter);
  if (complain_about(suite.diagnostics)) return kUsage;
  const auto matrix = read_matrix(o);
  const auto proofs = prove(suite.scenarios, matrix, choose_seed(o.run.seed, {}, draw_run_seed()).value, o.run);
  if (proofs.empty()) {
    complain("no scenario selected says which defects it notices (killed_by)");
    return kNothingSelected;
  }
  print(proofs);
  const bool written = o.table.empty() || write_report(o.table, matrix_table(suite.scenarios, proofs));
  return proof_code(proofs, Interrupt::raised(), written);
}

}  // namespace

Action add_prove(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "prove", "Show that scenarios can fail: run each with the firmware defects that its killed_by names");
  auto o = std::make_shared<ProveOptions>();
  verb->add_option("paths", o->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  verb->add_option("--matrix", o->matrix,
                   "With every defect: each must fail with those of killed_by and of this file, and with no other "
                   "(lines `scenario: defect ?defect`; with a defect behind a `?` it may fail or not)")
      ->check(not_empty());
  verb->add_option("--table", o->table, "Write what failed with what to this file, as a Markdown table")
      ->check(not_empty());
  add_seed_option(*verb, o->run.seed);
  repeatable(verb->add_option("--tag", o->filter.tags, "Only scenarios with this tag (repeatable: any of them)"));
  verb->add_option("--out", o->run.out, "Folder for journals; gets a folder a run")
      ->capture_default_str()
      ->check(not_empty());
  verb->add_option("--jobs,-j", o->run.jobs, "Scenarios at a time (default: two a core)")->check(whole_number(1, 256));
  verb->add_flag_callback(
      "-q,--quiet", [o] { o->run.verbosity = Verbosity::quiet; }, "No progress");
  return [o] { return prove_all(*o); };
}

}  // namespace firstlight::harness::cli
