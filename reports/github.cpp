// Workflow commands of GitHub Actions, which show a message at a line of a file:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
#include <fmt/format.h>

#include "reports/run_report.hpp"
#include "reports/text.hpp"

namespace firstlight::reports {

namespace {

using judge::CheckResult;
using judge::Verdict;

constexpr std::size_t kMostAnnotations = 10;  // GitHub shows no more of one kind in one step

std::string escape(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += '?';
    else
      out += c;
  }
  return out;
}

std::string command(std::string_view kind, const ScenarioReport& s, std::size_t line, std::string_view title,
                    std::string_view message) {
  return fmt::format("::{} file={},line={},title={}::{}\n", kind, escape(clean_utf8(s.file), true),
                     line == 0 ? 1 : line, escape(clean_utf8(title), true), escape(clean_utf8(message), false));
}

std::string error(const ScenarioReport& s, const judge::CheckResult& c) {
  return command("error", s, c.line, fmt::format("{}: {}", s.name, judge::verdict_name(c.verdict)),
                 fmt::format("expected: {}\nobserved: {}\nrepeat it: {}", c.expect, c.observed, s.repro));
}

/// What does not fail the run and should still be seen.
std::string warning(const ScenarioReport& s) {
  if (s.verdict == judge::Verdict::flaky)
    return command("warning", s, 0, s.name + ": flaky", "failed at first, passed when tried again; " + s.repro);
  if (s.verdict == judge::Verdict::quarantined && s.quarantine)
    return command("warning", s, 0, s.name + ": quarantined",
                   fmt::format("failed; quarantined until {}: {}", s.quarantine->until, s.quarantine->reason));
  if (s.quarantine && s.quarantine->expired)
    return command("warning", s, 0, s.name + ": quarantine expired",
                   fmt::format("expired on {}: {}", s.quarantine->until, s.quarantine->reason));
  return {};
}

bool counts(const RunReport& report, const ScenarioReport& s) {
  if (s.verdict == judge::Verdict::flaky) return report.flaky_fails;
  return s.verdict == judge::Verdict::fail || s.verdict == judge::Verdict::threshold ||
         s.verdict == judge::Verdict::infra || s.verdict == judge::Verdict::inconclusive;
}

/// The first lines, and how many more there are.
std::string capped(const std::vector<std::string>& lines, std::string_view kind) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kMostAnnotations; ++i) text += lines[i];
  if (lines.size() > kMostAnnotations)
    text += fmt::format("::notice title=firstlight::{} more {}s are in the report\n", lines.size() - kMostAnnotations,
                        kind);
  return text;
}

}  // namespace

std::string to_github(const RunReport& report) {
  std::vector<std::string> errors, warnings;
  for (const auto& s : report.scenarios) {
    if (counts(report, s))
      for (const auto& c : s.checks)
        if (c.verdict != judge::Verdict::pass) errors.push_back(error(s, c));
    if (auto text = warning(s); !text.empty()) warnings.push_back(std::move(text));
  }
  return capped(errors, "error") + capped(warnings, "warning");
}

}  // namespace firstlight::reports
