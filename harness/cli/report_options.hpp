// Where the reports of `run`, `judge` and `merge` go: their common options and the writing. Used by these verbs alone.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/cli.hpp"
#include "harness/run/progress.hpp"
#include "reports/run_report.hpp"

namespace firstlight::harness::cli {

struct ReportOptions {
  std::string json, junit;  // files; "-": standard output; empty: not wanted
  bool github = false;      // annotations on standard output
  bool quiet = false;       // no summary when all is well
  ColourChoice colour = ColourChoice::automatic;
};

void add_report_options(CLI::App& verb, ReportOptions& options);

/// Before the work begins. Throws UsageError for a file that cannot be written, and for two formats on standard output.
void check_report_options(const ReportOptions& options);

/// Writes what was asked for and prints the summary. Standard output belongs to a machine format that was asked for it;
/// the rest goes to stderr then. The exit code: the report's, unless one of its files cannot be written.
[[nodiscard]] int deliver(const reports::RunReport& report, const ReportOptions& options,
                          const std::optional<std::string>& also_json_file = {});

}  // namespace firstlight::harness::cli
