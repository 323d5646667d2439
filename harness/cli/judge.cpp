#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "harness/cli/report_options.hpp"
#include "harness/run/runner.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

struct JudgeOptions {
  std::string path;
  ReportOptions reports;
};

[[noreturn]] void reject(const fs::path& path, const std::error_code& why) {
  throw UsageError(path.string() + ": cannot be read: " + why.message());
}

void check_readable(const std::string& file) {
  errno = 0;
  if (const std::ifstream in(file); !in) reject(file, {errno, std::generic_category()});
}

/// Whether there is something of that name. Throws UsageError when the system does not say.
bool is_there(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::none) reject(path, error);
  return fs::exists(status);
}

/// Whether something of that name is there, or the system does not say.
bool may_be_there(const fs::path& path) {
  std::error_code ignored;
  return fs::status(path, ignored).type() != fs::file_type::not_found;
}

/// The journals in the folders of a run's scenarios. One that the system does not show is among them, and one that was
/// lost and left only a note of it (docs/journal.md): its scenario has a verdict all the same.
std::vector<std::string> journals_below(const fs::path& run) {
  std::vector<std::string> found;
  std::error_code error, ignored;
  fs::directory_iterator entry(run, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto journal = entry->path() / "journal.jsonl";
    const bool is_one = may_be_there(journal) || may_be_there(entry->path() / "end.json");
    if (is_one && entry->is_directory(ignored)) found.push_back(journal.string());
  }
  if (error) reject(run, error);
  std::sort(found.begin(), found.end());
  return found;
}

/// A journal file, the folder of a scenario, or the folder of a run.
std::vector<std::string> journals(const fs::path& path) {
  std::error_code ignored;
  if (is_there(path) && !fs::is_directory(path, ignored)) return {path.string()};
  if (const auto journal = path / "journal.jsonl"; is_there(journal)) return {journal.string()};
  return fs::is_directory(path, ignored) ? journals_below(path) : std::vector<std::string>{};
}

int judge_saved(const JudgeOptions& o) {
  check_report_options(o.reports);
  const auto files = journals(o.path);
  if (files.empty()) {
    complain(o.path + ": no journal there; name a run's folder, a scenario's folder or a journal.jsonl");
    return kUsage;
  }
  if (files.size() == 1 && is_there(files.front())) check_readable(files.front());
  return deliver(rejudge(files), o.reports);
}

}  // namespace

Action add_judge(CLI::App& app) {
  auto* verb = app.add_subcommand("judge", "Repeat the verdict of a saved run, without running anything");
  auto o = std::make_shared<JudgeOptions>();
  verb->add_option("path", o->path, "out/<run>, out/<run>/<scenario>, or a journal.jsonl")->required();
  add_report_options(*verb, o->reports);
  verb->add_flag("-q,--quiet", o->reports.quiet, "Print nothing unless something did not pass");
  return [o] { return judge_saved(*o); };
}

}  // namespace firstlight::harness::cli
