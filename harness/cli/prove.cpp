// The verb `prove`: scenarios must fail with the firmware defects that they claim to notice.
#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "base/error.hpp"
#include "harness/cli/cli.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/prove.hpp"
#include "harness/scenario/suite.hpp"

namespace firstlight::harness::cli {

namespace {

struct Options {
  std::vector<std::string> paths{"scenarios"};
  SuiteFilter filter;
  RunOptions run;
  std::string table, matrix;
};

std::optional<ExpectedMatrix> read_matrix(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ErrorException(Error(Errc::invalid_argument, path + ": cannot be read"));
  std::stringstream text;
  text << in.rdbuf();
  return parse_matrix(text.str());
}

void print(const KillProof& proof) {
  const auto defect = fault::defect_name(proof.defect);
  const auto verdict = proof.bug ? std::string_view("a bug of firstlight") : verdict_name(proof.verdict);
  fmt::print("{} with {}: {} although the scenario {}\n    repeat: {}\n", proof.scenario, defect, verdict,
             proof.claimed ? "says that it fails" : "does not say that it fails", proof.repro);
}

int prove_all(Options& o) {
  const auto suite = load_suite(o.paths, o.filter);
  if (!suite.diagnostics.empty()) {
    fmt::print(stderr, "{}", render(suite.diagnostics));
    return kUsage;
  }
  const auto matrix = read_matrix(o.matrix);
  const auto folder = make_run_folder(o.run.out);
  const auto proofs = prove(suite.scenarios, matrix, o.run.seed.value_or(draw_run_seed()), folder, o.run);
  if (proofs.empty()) {
    complain("no scenario selected says which defects it notices (killed_by)");
    return kNothingSelected;
  }
  std::size_t wrong = 0;
  bool bug = false;
  for (const auto& proof : proofs) {
    if (proof.holds()) continue;
    ++wrong;
    bug = bug || proof.bug;
    print(proof);
  }
  if (!o.table.empty() && !write_report(o.table, matrix_table(suite.scenarios, proofs))) return kInfra;
  fmt::print("{} of {} proofs hold\n", proofs.size() - wrong, proofs.size());
  if (Interrupt::raised()) return kInterrupted;
  return bug ? kBug : wrong == 0 ? kOk : kFailed;
}

}  // namespace

void add_defect_option(CLI::App& verb, fault::DefectSet& target) {
  std::vector<std::string> names;
  for (const auto& defect : fault::all_defects()) names.emplace_back(defect.name);
  const auto set = [&target](const std::vector<std::string>& given) {
    for (const auto& name : given) target.add(*fault::find_defect(name));
  };
  // Without the long list of names in the help.
  verb.add_option_function<std::vector<std::string>>(
          "--defect", set, "Give the simulated cameras a bug (docs/firmware-defects.md); may be repeated")
      ->type_name("NAME")
      ->check(CLI::IsMember(names).description(""));
}

Action add_prove(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "prove", "Show that scenarios can fail: run each with the firmware defects that its killed_by names");
  auto o = std::make_shared<Options>();
  verb->add_option("paths", o->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  verb->add_option("--matrix", o->matrix,
                   "With every defect: each must fail with those of killed_by and of this file, and with no other "
                   "(lines `scenario: defect defect`)");
  verb->add_option("--table", o->table, "Write what failed with what to this file, as a Markdown table");
  verb->add_option("--seed", o->run.seed, "Seed of every random draw; overrides the scenarios' own");
  verb->add_option("--tag", o->filter.tags, "Only scenarios with this tag (repeatable: any of them)");
  verb->add_option("--out", o->run.out, "Folder for journals; gets a folder a run")->capture_default_str();
  verb->add_option("--jobs,-j", o->run.jobs, "Scenarios at a time (default: two a core)")->check(CLI::Range(1, 256));
  verb->add_flag_callback(
      "-q,--quiet", [o] { o->run.verbosity = Verbosity::quiet; }, "No progress");
  return [o] { return prove_all(*o); };
}

}  // namespace firstlight::harness::cli
