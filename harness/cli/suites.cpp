// The verbs that only read scenarios: list, check, schema.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/cli.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"
#include "language/suite.hpp"

namespace firstlight::harness::cli {

namespace {

struct Selection {
  std::vector<std::string> paths{"scenarios"};
  language::SuiteFilter filter;
};

std::shared_ptr<Selection> add_selection(CLI::App& verb) {
  auto s = std::make_shared<Selection>();
  verb.add_option("paths", s->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  repeatable(verb.add_option("--tag", s->filter.tags, "Only scenarios with this tag (repeatable: any of them)"));
  repeatable(verb.add_option("--exclude-tag", s->filter.exclude_tags, "No scenarios with this tag (repeatable)"));
  add_suite_part_option(verb, s->filter.part);
  return s;
}

int code_of(const language::Suite& suite) {
  if (!suite.scenarios.empty()) return kOk;
  if (suite.other_parts > 0)
    complain(fmt::format("no scenario belongs to this part; {} belong to others", suite.other_parts));
  else
    complain(fmt::format("no scenario selected ({} left out by --tag and --exclude-tag)", suite.deselected));
  return kNothingSelected;
}

void print_suite_json(const language::Suite& suite) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& scenario : suite.scenarios)
    all.push_back({{"name", scenario.name},
                   {"file", scenario.file},
                   {"summary", scenario.summary},
                   {"tags", scenario.tags},
                   {"cameras", scenario.cameras.count},
                   {"killed_by", scenario.killed_by},
                   {"skip", scenario.skip}});
  print_to(stdout, "{}\n", nlohmann::ordered_json{{"schema_version", 1}, {"scenarios", std::move(all)}}.dump(2));
}

int list(const Selection& s, bool json) {
  const auto suite = language::load_suite(s.paths, judge::vocabulary(), s.filter);
  if (complain_about(suite.diagnostics)) return kUsage;
  if (json) {
    print_suite_json(suite);
    return code_of(suite);
  }
  for (const auto& scenario : suite.scenarios) {
    print_to(stdout, "{}  [{}]  {} camera{}  {}\n", scenario.name, fmt::join(scenario.tags, ", "),
             scenario.cameras.count, scenario.cameras.count == 1 ? "" : "s", scenario.file);
    print_to(stdout, "    {}\n", scenario.summary);
    if (!scenario.skip.empty()) print_to(stdout, "    skipped: {}\n", scenario.skip);
    if (scenario.quarantine)
      print_to(stdout, "    quarantined until {}: {}\n",
               format_rfc3339(WallTime(scenario.quarantine->until)).substr(0, 10), scenario.quarantine->reason);
  }
  return code_of(suite);
}

int check(const Selection& s) {
  const auto suite = language::load_suite(s.paths, judge::vocabulary(), s.filter);
  if (complain_about(suite.diagnostics)) return kUsage;
  const auto n = suite.scenarios.size() + suite.deselected + suite.other_parts;
  print_to(stdout, "{} scenario{} correct\n", n, n == 1 ? " is" : "s are");
  return kOk;
}

}  // namespace

Action add_list(CLI::App& app) {
  auto* verb = app.add_subcommand("list", "Show the scenarios: name, tags, cameras, file, summary");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "As JSON");
  return [s = add_selection(*verb), json] { return list(*s, *json); };
}

Action add_check(CLI::App& app) {
  auto* verb = app.add_subcommand("check", "Check scenarios without running them");
  return [s = add_selection(*verb)] { return check(*s); };
}

Action add_schema(CLI::App& app) {
  app.add_subcommand("schema", "Print the JSON Schema of the scenario language, for editors");
  return [] {
    write_to(stdout, language::scenario_schema(judge::vocabulary()));
    return static_cast<int>(kOk);
  };
}

}  // namespace firstlight::harness::cli
