#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/report_options.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/attempt.hpp"
#include "harness/run/runner.hpp"
#include "judge/vocabulary.hpp"
#include "language/suite.hpp"

namespace firstlight::harness::cli {

namespace {

struct RunVerbOptions {
  std::vector<std::string> paths{"scenarios"};
  language::SuiteFilter filter;
  RunOptions run;
  ReportOptions reports;
  bool dry_run = false, json = false, verbose = false;
};

int dry_run(const language::Suite& suite, const RunVerbOptions& o, std::uint64_t run_seed) {
  const auto scenarios = with_stretched_timeouts(suite.scenarios, o.run.timeout_multiplier);
  auto all = nlohmann::ordered_json::array();
  for (const auto& play : make_plays(scenarios, run_seed, o.run)) {
    const auto plan = make_plan(*play.scenario, play.seed);
    if (o.json)
      all.push_back(plan_json(*play.scenario, plan, play.name));
    else
      print_to(stdout, "{}\n", render_plan(*play.scenario, plan, play.name));
  }
  if (!o.json) return kOk;
  const nlohmann::ordered_json whole{
      {"schema_version", 1}, {"version", FIRSTLIGHT_VERSION}, {"run_seed", run_seed}, {"plans", std::move(all)}};
  print_to(stdout, "{}\n", whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return kOk;
}

void announce(const language::Suite& suite, const RunVerbOptions& o, std::uint64_t run_seed, const RunFolder& folder) {
  const bool own =
      !o.run.seed && std::any_of(suite.scenarios.begin(), suite.scenarios.end(),
                                 [](const language::Scenario& scenario) { return scenario.seed.has_value(); });
  const auto n = suite.scenarios.size();
  print_to(stderr, "firstlight {}  run {}  seed {}{}  {} scenario{}{}, {} at a time  journal in {}\n",
           FIRSTLIGHT_VERSION, folder.id, run_seed, own ? " (a scenario's own seed comes before it)" : "", n,
           n == 1 ? "" : "s", o.run.repeat > 1 ? fmt::format(", {} times each", o.run.repeat) : "",
           jobs_of(o.run, n * o.run.repeat), folder.path);
  if (o.run.part)
    print_to(stderr, "part {}: {} other scenarios belong to other parts\n", o.run.part->text(), suite.other_parts);
}

int run(RunVerbOptions& o) {
  check_report_options(o.reports);
  o.run.part = o.filter.part;
  const auto suite = language::load_suite(o.paths, judge::vocabulary(), o.filter);
  if (complain_about(suite.diagnostics)) return kUsage;
  if (suite.scenarios.empty() && suite.other_parts == 0) {
    complain(fmt::format("no scenario selected ({} left out by --tag and --exclude-tag)", suite.deselected));
    return kNothingSelected;
  }
  const auto run_seed = choose_seed(o.run.seed, {}, draw_run_seed()).value;
  if (o.dry_run) return dry_run(suite, o, run_seed);
  o.run.verbosity = o.reports.quiet ? Verbosity::quiet : o.verbose ? Verbosity::verbose : Verbosity::normal;
  const auto folder = make_run_folder(o.run.out);
  if (!o.reports.quiet) announce(suite, o, run_seed, folder);
  const auto report = run_suite(suite.scenarios, run_seed, folder, o.run);
  return deliver(report, o.reports, folder.path + "/report.json");
}

/// CLI::Range takes "nan" for a number within any bounds.
std::string multiplier(const std::string& text) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end && value >= 0.01 && value <= 1000) return {};
  return fmt::format("\"{}\" is no number from 0.01 to 1000", text);
}

}  // namespace

Action add_run(CLI::App& app) {
  auto* verb = app.add_subcommand("run", "Run scenarios and judge them");
  auto o = std::make_shared<RunVerbOptions>();
  verb->add_option("paths", o->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  add_seed_option(*verb, o->run.seed);
  repeatable(verb->add_option("--tag", o->filter.tags, "Only scenarios with this tag (repeatable: any of them)"));
  repeatable(verb->add_option("--exclude-tag", o->filter.exclude_tags, "No scenarios with this tag (repeatable)"));
  verb->add_option("--out", o->run.out, "Folder for journals and reports; gets a folder a run")
      ->capture_default_str()
      ->check(not_empty());
  verb->add_option("--jobs,-j", o->run.jobs, "Scenarios at a time (default: two a core)")->check(whole_number(1, 256));
  add_suite_part_option(*verb, o->filter.part);
  verb->add_option("--repeat", o->run.repeat, "Run each scenario this number of times, each time with another seed")
      ->check(whole_number(1, 10'000));
  verb->add_option("--retries", o->run.retries,
                   "Run a scenario that failed again with its seed, at most this number of times")
      ->check(whole_number(0, 100));
  add_choice<bool>(*verb, "--flaky", o->run.flaky_fails, {{"pass", false}, {"fail", true}},
                   "Whether a scenario that only passed when it was retried makes the run fail (default: pass)");
  verb->add_option("--timeout-multiplier", o->run.timeout_multiplier,
                   "Multiply the scenarios' timeouts, on a slow machine; no other bound is changed")
      ->check(multiplier);
  add_defect_option(*verb, o->run.defects);
  auto* dry = verb->add_flag("--dry-run", o->dry_run,
                             "Print the plan (seed, cameras, whom each rule concerns, ports) and run nothing");
  verb->add_flag("--json", o->json, "With --dry-run: the whole plan as JSON (docs/plan.schema.json)")->needs(dry);
  verb->add_flag("--fail-fast", o->run.fail_fast, "Start no more scenarios after the first that does not pass");
  add_report_options(*verb, o->reports);
  auto* quiet = verb->add_flag("-q,--quiet", o->reports.quiet, "Print nothing unless something did not pass");
  verb->add_flag("-v,--verbose", o->verbose, "Print every event as it happens")->excludes(quiet);
  return [o] { return run(*o); };
}

}  // namespace firstlight::harness::cli
