#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/error.hpp"
#include "harness/cli/report_options.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> paths;
  ReportOptions reports;
};

reports::RunReport read(const std::string& path) {
  const auto file = fs::is_directory(path) ? path + "/report.json" : path;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw ErrorException(Error(Errc::invalid_argument, file + ": cannot be read"));
  return reports::from_json(text.str(), file);
}

int merge(const Options& o) {
  std::vector<reports::RunReport> all;
  for (const auto& path : o.paths) all.push_back(read(path));
  return deliver(reports::merge(all), o.reports);
}

}  // namespace

Action add_merge(CLI::App& app) {
  auto* verb = app.add_subcommand("merge", "Make one report of several runs, such as the shards of a suite");
  auto o = std::make_shared<Options>();
  verb->add_option("reports", o->paths, "report.json files, or folders of runs")->required();
  add_report_options(*verb, o->reports);
  verb->add_flag("-q,--quiet", o->reports.quiet, "Print nothing unless something did not pass");
  return [o] { return merge(*o); };
}

}  // namespace firstlight::harness::cli
