#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "harness/cli/cli.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/runner.hpp"
#include "harness/scenario/suite.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness::cli {

namespace {

struct Options {
  std::vector<std::string> paths{"scenarios"};
  SuiteFilter filter;
  RunOptions run;
  std::string report_json, report_junit;
  bool dry_run = false, quiet = false, verbose = false;
  ColourChoice colour = ColourChoice::automatic;
};

int dry_run(const Suite& suite, const Options& o, std::uint64_t run_seed) {
  for (const auto& scenario : suite.scenarios) {
    const auto seed = o.run.seed ? *o.run.seed : scenario.seed.value_or(run_seed);
    fmt::print("{}\n", render_plan(scenario, make_plan(scenario, seed)));
  }
  return kOk;
}

int run(Options& o) {
  const auto suite = load_suite(o.paths, o.filter);
  if (!suite.diagnostics.empty()) {
    fmt::print(stderr, "{}", render(suite.diagnostics));
    complain(fmt::format("{} mistake{} found; nothing was run", suite.diagnostics.size(),
                         suite.diagnostics.size() == 1 ? "" : "s"));
    return kUsage;
  }
  if (suite.scenarios.empty()) {
    complain(fmt::format("no scenario selected ({} left out by --tag and --exclude-tag)", suite.deselected));
    return kNothingSelected;
  }
  const auto run_seed = o.run.seed.value_or(draw_run_seed());
  if (o.dry_run) return dry_run(suite, o, run_seed);
  o.run.verbosity = o.quiet ? Verbosity::quiet : o.verbose ? Verbosity::verbose : Verbosity::normal;
  const auto folder = make_run_folder(o.run.out);
  if (!o.quiet) {
    const bool own = !o.run.seed && std::any_of(suite.scenarios.begin(), suite.scenarios.end(),
                                                [](const Scenario& scenario) { return scenario.seed.has_value(); });
    fmt::print(stderr, "firstlight {}  run {}  seed {}{}  {} scenario{}  journal in {}\n", FIRSTLIGHT_VERSION,
               folder.id, run_seed, own ? " (a scenario's own seed comes before it)" : "", suite.scenarios.size(),
               suite.scenarios.size() == 1 ? "" : "s", folder.path);
  }
  const auto report = run_suite(suite.scenarios, run_seed, folder, o.run);
  const auto json = reports::to_json(report);
  bool written = write_report(folder.path + "/report.json", json);
  if (!o.report_json.empty()) written = write_report(o.report_json, json) && written;
  if (!o.report_junit.empty()) written = write_report(o.report_junit, reports::to_junit(report)) && written;
  // Standard output belongs to the machine format that was asked for it.
  const bool taken = o.report_json == "-" || o.report_junit == "-";
  if (!o.quiet || report.exit_code() != kOk)
    fmt::print(taken ? stderr : stdout, "{}",
               reports::summary(report, use_colour(o.colour, taken ? STDERR_FILENO : STDOUT_FILENO)));
  if (!written && report.exit_code() == kOk) return kInfra;
  return report.exit_code();
}

}  // namespace

Action add_run(CLI::App& app) {
  auto* verb = app.add_subcommand("run", "Run scenarios and judge them");
  auto o = std::make_shared<Options>();
  verb->add_option("paths", o->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  verb->add_option("--seed", o->run.seed, "Seed of every random draw; overrides the scenarios' own");
  verb->add_option("--tag", o->filter.tags, "Only scenarios with this tag (repeatable: any of them)");
  verb->add_option("--exclude-tag", o->filter.exclude_tags, "No scenarios with this tag (repeatable)");
  verb->add_option("--out", o->run.out, "Folder for journals and reports; gets a folder a run")->capture_default_str();
  verb->add_option("--report-json", o->report_json, "Also write the JSON report to this file ('-': standard output)");
  verb->add_option("--report-junit", o->report_junit, "Write a JUnit XML report to this file ('-': standard output)");
  verb->add_flag("--dry-run", o->dry_run, "Print the plan (seed, cameras, starts) and run nothing");
  verb->add_flag("--fail-fast", o->run.fail_fast, "Stop after the first scenario that does not pass");
  add_choice<ColourChoice>(
      *verb, "--color", o->colour,
      {{"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}},
      "When to colour the summary (default: auto, which obeys NO_COLOR)");
  auto* quiet = verb->add_flag("-q,--quiet", o->quiet, "Print nothing unless something did not pass");
  verb->add_flag("-v,--verbose", o->verbose, "Print every event as it happens")->excludes(quiet);
  return [o] { return run(*o); };
}

}  // namespace firstlight::harness::cli
