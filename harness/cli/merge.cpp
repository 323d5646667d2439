#include <filesystem>
#include <memory>
#include <system_error>

#include "harness/cli/report_options.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

struct MergeOptions {
  std::vector<std::string> paths;
  ReportOptions reports;
};

reports::RunReport read(const std::string& path) {
  std::error_code ignored;  // read_whole_file() says why
  const auto file = fs::is_directory(path, ignored) ? path + "/report.json" : path;
  return reports::from_json(read_whole_file(file), file);
}

int merge(const MergeOptions& o) {
  check_report_options(o.reports);
  std::vector<reports::RunReport> all;
  for (const auto& path : o.paths) all.push_back(read(path));
  return deliver(reports::merge(all), o.reports);
}

}  // namespace

Action add_merge(CLI::App& app) {
  auto* verb = app.add_subcommand("merge", "Make one report of several runs, such as the parts of a suite");
  auto o = std::make_shared<MergeOptions>();
  verb->add_option("reports", o->paths, "report.json files, or folders of runs")->required();
  add_report_options(*verb, o->reports);
  verb->add_flag("-q,--quiet", o->reports.quiet, "Print nothing unless something did not pass");
  return [o] { return merge(*o); };
}

}  // namespace firstlight::harness::cli
