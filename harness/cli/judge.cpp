#include <filesystem>
#include <memory>

#include "harness/cli/report_options.hpp"
#include "harness/run/runner.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string path;
  ReportOptions reports;
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
  return deliver(rejudge(files), o.reports);
}

}  // namespace

Action add_judge(CLI::App& app) {
  auto* verb = app.add_subcommand("judge", "Repeat the verdict of a saved run, without running anything");
  auto o = std::make_shared<Options>();
  verb->add_option("path", o->path, "out/<run>, out/<run>/<scenario>, or a journal.jsonl")->required();
  add_report_options(*verb, o->reports);
  return [o] { return judge_saved(*o); };
}

}  // namespace firstlight::harness::cli
