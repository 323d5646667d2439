#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "harness/cli/cli.hpp"
#include "harness/run/runner.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string path;
  std::string report_json, report_junit;
};

/// A journal file, the folder of a scenario, or the folder of a run.
std::vector<std::string> journals(const fs::path& path) {
  if (fs::is_regular_file(path)) return {path.string()};
  if (fs::exists(path / "journal.jsonl")) return {(path / "journal.jsonl").string()};
  std::vector<std::string> found;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(path, ec))
    if (fs::exists(entry.path() / "journal.jsonl")) found.push_back((entry.path() / "journal.jsonl").string());
  return found;
}

int judge_saved(const Options& o) {
  const auto files = journals(o.path);
  if (files.empty()) {
    complain(o.path + ": no journal there; name a run's folder, a scenario's folder or a journal.jsonl");
    return kUsage;
  }
  reports::RunReport report;
  report.version = FIRSTLIGHT_VERSION;
  for (const auto& file : files) {
    auto again = rejudge(file);
    report.id = again.run_id;
    report.seed = again.run_seed;
    report.started_at = again.run_started_at;
    report.duration_ms += again.outcome.measured.last_ns / 1'000'000;
    report.interrupted = report.interrupted || again.outcome.measured.end_reason == "interrupted";
    report.outcomes.push_back(std::move(again.outcome));
  }
  std::sort(report.outcomes.begin(), report.outcomes.end(),
            [](const Outcome& a, const Outcome& b) { return a.started_at < b.started_at; });
  bool written = true;
  if (!o.report_json.empty()) written = write_report(o.report_json, reports::to_json(report));
  if (!o.report_junit.empty()) written = write_report(o.report_junit, reports::to_junit(report)) && written;
  const bool taken = o.report_json == "-" || o.report_junit == "-";
  fmt::print(taken ? stderr : stdout, "{}",
             reports::summary(report, use_colour(ColourChoice::automatic, taken ? STDERR_FILENO : STDOUT_FILENO)));
  return written ? report.exit_code() : static_cast<int>(kInfra);
}

}  // namespace

Action add_judge(CLI::App& app) {
  auto* verb = app.add_subcommand("judge", "Repeat the verdict of a saved run, without running anything");
  auto o = std::make_shared<Options>();
  verb->add_option("path", o->path, "out/<run>, out/<run>/<scenario>, or a journal.jsonl")->required();
  verb->add_option("--report-json", o->report_json, "Write the JSON report to this file ('-': standard output)");
  verb->add_option("--report-junit", o->report_junit, "Write a JUnit XML report to this file ('-': standard output)");
  return [o] { return judge_saved(*o); };
}

}  // namespace firstlight::harness::cli
