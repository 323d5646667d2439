#include "harness/cli/report_options.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace firstlight::harness::cli {

namespace {

bool on_github() {
  const char* set = std::getenv("GITHUB_ACTIONS");
  return set != nullptr && std::string_view(set) == "true";
}

}  // namespace

void add_report_options(CLI::App& verb, ReportOptions& options) {
  verb.add_option("--report-json", options.json, "Write the JSON report to this file ('-': standard output)")
      ->check(not_empty());
  verb.add_option("--report-junit", options.junit, "Write a JUnit XML report to this file ('-': standard output)")
      ->check(not_empty());
  verb.add_flag("--report-github", options.github,
                "Print annotations for GitHub Actions (default: when GITHUB_ACTIONS is \"true\")");
  add_choice<ColourChoice>(
      verb, "--color", options.colour,
      {{"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}},
      "When to colour the summary (default: auto, which obeys NO_COLOR)");
}

void check_report_options(const ReportOptions& options) {
  if (options.json == "-" && options.junit == "-")
    throw UsageError("--report-json and --report-junit: only one of them can have standard output");
  if (!options.json.empty() && options.json != "-" && options.json == options.junit)
    throw UsageError(options.json + ": --report-json and --report-junit cannot both have this file");
  check_report_path(options.json);
  check_report_path(options.junit);
}

int deliver(const reports::RunReport& report, const ReportOptions& options,
            const std::optional<std::string>& also_json_file) {
  bool written = true;
  const auto write = [&written](const std::string& path, const std::string& text) {
    written = write_report(path, text) && written;
  };
  if (also_json_file) write(*also_json_file, reports::to_json(report));
  if (!options.json.empty()) write(options.json, reports::to_json(report));
  if (!options.junit.empty()) write(options.junit, reports::to_junit(report));
  const bool taken = options.json == "-" || options.junit == "-";
  std::FILE* const people = taken ? stderr : stdout;
  const int code = report.exit_code();
  if (!options.quiet || code != kOk)
    write_to(people, reports::summary(report, use_colour(options.colour, taken ? STDERR_FILENO : STDOUT_FILENO)));
  if (options.github || on_github()) write_to(people, reports::to_github(report));
  return judge::most_important(std::vector<int>{code, written ? kOk : kInfra});
}

}  // namespace firstlight::harness::cli
