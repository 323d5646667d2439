// The verbs that only read scenarios: list, check, schema.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/cli.hpp"
#include "harness/scenario/loader.hpp"
#include "harness/scenario/suite.hpp"

namespace firstlight::harness::cli {

namespace {

struct Selection {
  std::vector<std::string> paths{"scenarios"};
  SuiteFilter filter;
};

std::shared_ptr<Selection> add_selection(CLI::App& verb) {
  auto s = std::make_shared<Selection>();
  verb.add_option("paths", s->paths, "Scenario files, or folders that are searched for them")->capture_default_str();
  verb.add_option("--tag", s->filter.tags, "Only scenarios with this tag (repeatable: any of them)");
  verb.add_option("--exclude-tag", s->filter.exclude_tags, "No scenarios with this tag (repeatable)");
  add_shard_option(verb, s->filter.shard);
  return s;
}

bool complain_about(const Suite& suite) {
  if (suite.diagnostics.empty()) return false;
  fmt::print(stderr, "{}", render(suite.diagnostics));
  complain(fmt::format("{} mistake{} found; nothing was run", suite.diagnostics.size(),
                       suite.diagnostics.size() == 1 ? "" : "s"));
  return true;
}

void print_json(const Suite& suite) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& scenario : suite.scenarios)
    all.push_back({{"name", scenario.name},
                   {"file", scenario.file},
                   {"summary", scenario.summary},
                   {"tags", scenario.tags},
                   {"cameras", scenario.cameras.count},
                   {"killed_by", scenario.killed_by},
                   {"skip", scenario.skip}});
  fmt::print("{}\n", nlohmann::ordered_json{{"schema_version", 1}, {"scenarios", std::move(all)}}.dump(2));
}

int list(const Selection& s, bool json) {
  const auto suite = load_suite(s.paths, s.filter);
  if (complain_about(suite)) return kUsage;
  if (json) {
    print_json(suite);
    return suite.scenarios.empty() ? kNothingSelected : kOk;
  }
  for (const auto& scenario : suite.scenarios) {
    fmt::print("{}  [{}]  {} camera{}  {}\n", scenario.name, fmt::join(scenario.tags, ", "), scenario.cameras.count,
               scenario.cameras.count == 1 ? "" : "s", scenario.file);
    fmt::print("    {}\n", scenario.summary);
    if (!scenario.skip.empty()) fmt::print("    skipped: {}\n", scenario.skip);
    if (scenario.quarantine)
      fmt::print("    quarantined until {}: {}\n", format_rfc3339(WallTime(scenario.quarantine->until)).substr(0, 10),
                 scenario.quarantine->reason);
  }
  return suite.scenarios.empty() ? kNothingSelected : kOk;
}

int check(const Selection& s) {
  const auto suite = load_suite(s.paths, s.filter);
  if (complain_about(suite)) return kUsage;
  const auto n = suite.scenarios.size() + suite.deselected + suite.other_shards;
  fmt::print("{} scenario{} correct\n", n, n == 1 ? " is" : "s are");
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
    fmt::print("{}", scenario_schema());
    return static_cast<int>(kOk);
  };
}

}  // namespace firstlight::harness::cli
