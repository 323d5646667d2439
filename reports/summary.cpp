#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/run_report.hpp"
#include "reports/text.hpp"

namespace firstlight::reports {

namespace {

using judge::CheckResult;
using judge::Verdict;

constexpr std::size_t kTimelineInSummary = 40;
constexpr std::size_t kCamerasNamed = 12;

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(const char* code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

const char* colour_of(judge::Verdict v) {
  switch (v) {
    case judge::Verdict::pass:
      return "32";
    case judge::Verdict::fail:
      return "31;1";
    case judge::Verdict::infra:
      return "35;1";
    default:
      return "33";
  }
}

std::string ms(std::int64_t us) {
  const double v = static_cast<double>(us) / 1000.0;
  if (v >= 10'000) return fmt::format("{:.2f} s", v / 1000);
  return fmt::format("{:.{}f} ms", v, v < 10 ? 2 : v < 100 ? 1 : 0);
}

std::string row(const StageReport& s) {
  return fmt::format("    {:<14}{:>7}{:>12}{:>12}{:>12}{:>12}{}\n", s.stage, s.count, ms(s.p50_us), ms(s.p90_us),
                     ms(s.p99_us), ms(s.max_us), s.failed > 0 ? fmt::format("   {} failed", s.failed) : "");
}

std::string stage_table(const ScenarioReport& s, const Paint& paint) {
  auto text =
      paint("2", fmt::format("    {:<14}{:>7}{:>12}{:>12}{:>12}{:>12}", "stage", "count", "p50", "p90", "p99", "max")) +
      "\n";
  for (const auto& stage : s.stages)
    if (stage.count + stage.failed > 0 && stage.stage != "total_from_power_on" && stage.stage != "generator_lag")
      text += row(stage);
  return text;
}

std::string cameras_text(const std::vector<std::uint32_t>& cameras) {
  const auto shown = std::min(cameras.size(), kCamerasNamed);
  auto text = fmt::format("{}", fmt::join(cameras.begin(), cameras.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (cameras.size() > shown) text += fmt::format(" and {} more", cameras.size() - shown);
  return text;
}

std::string check_text(const ScenarioReport& s, const judge::CheckResult& c, const Paint& paint) {
  auto text =
      fmt::format("    {} {}\n", paint(colour_of(c.verdict), fmt::format("{}:", judge::verdict_name(c.verdict))),
                  c.line > 0 ? fmt::format("{}  ({}:{})", c.expect, s.file, c.line) : c.expect);
  text += fmt::format("      observed: {}\n", printable(c.observed));
  if (!c.cameras.empty()) text += fmt::format("      cameras:  {}\n", cameras_text(c.cameras));
  for (const auto& p : c.evidence) text += fmt::format("      proof:    {}\n", printable(p.text));
  return text;
}

std::string timeline(const ScenarioReport& s) {
  if (s.timeline_camera == 0) return {};
  auto text = fmt::format("    camera {}, from its power-on:\n", s.timeline_camera);
  const auto shown = std::min(s.timeline.size(), kTimelineInSummary);
  for (std::size_t i = 0; i < shown; ++i) text += "      " + printable(s.timeline[i]) + "\n";
  const auto more = s.timeline.size() - shown + s.timeline_left_out;
  if (more > 0) text += fmt::format("      … {} more in the journal\n", more);
  return text;
}

std::string history(const ScenarioReport& s) {
  std::string text;
  if (s.attempts.size() > 1) {
    std::vector<std::string> parts;
    for (const auto& a : s.attempts) parts.push_back(fmt::format("{} ({})", judge::verdict_name(a.verdict), a.journal));
    text += fmt::format("    attempts with this seed: {}\n", fmt::join(parts, ", "));
  }
  if (!s.quarantine) return text;
  const auto& q = *s.quarantine;
  text += fmt::format(
      "    quarantine {} {}: {}{}\n", q.expired ? "EXPIRED on" : "until", q.until, printable(q.reason),
      !q.expired && s.verdict == judge::Verdict::pass ? " (it passed: is the quarantine still needed?)" : "");
  return text;
}

std::string scenario_text(const ScenarioReport& s, const Paint& paint) {
  const auto verdict = paint(colour_of(s.verdict), fmt::format("{:<12}", judge::verdict_name(s.verdict)));
  if (s.verdict == judge::Verdict::skipped)
    return fmt::format("{}  {}  {}\n\n", verdict, paint("1", s.name),
                       s.checks.empty() ? "" : printable(s.checks.front().observed));
  auto text = fmt::format("{}  {}  {} of {} cameras online, {} check{}, {:.2f} s, seed {}\n", verdict,
                          paint("1", s.name), s.online, s.cameras, s.checks.size(), s.checks.size() == 1 ? "" : "s",
                          static_cast<double>(s.duration_ms) / 1e3, s.seed);
  text += history(s) + stage_table(s, paint);
  if (s.verdict == judge::Verdict::pass) return text + "\n";
  for (const auto& c : s.checks)
    if (c.verdict != judge::Verdict::pass) text += check_text(s, c, paint);
  return text + timeline(s) + fmt::format("    repeat it: {}\n\n", paint("1", s.repro));
}

/// The scenarios with this verdict, by name: what a green total must not hide.
std::string named(const RunReport& report, judge::Verdict v) {
  std::vector<std::string_view> names;
  for (const auto& s : report.scenarios)
    if (s.verdict == v) names.push_back(s.name);
  if (names.empty()) return {};
  return fmt::format("{}: {}\n", judge::verdict_name(v), fmt::join(names, ", "));
}

std::string totals(const RunReport& report) {
  std::vector<std::string> parts;
  for (int i = 0; i <= static_cast<int>(judge::Verdict::quarantined); ++i) {
    const auto v = static_cast<judge::Verdict>(i);
    const auto n = std::count_if(report.scenarios.begin(), report.scenarios.end(),
                                 [v](const ScenarioReport& s) { return s.verdict == v; });
    if (n > 0) parts.push_back(fmt::format("{} {}", n, judge::verdict_name(v)));
  }
  return parts.empty() ? "no scenario finished" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string why(const RunReport& report, int code) {
  if (report.scenarios.empty() && code == 0) return fmt::format("no scenario falls to part {}", report.part);
  return std::string(judge::exit_reason(code));
}

}  // namespace

std::string summary(const RunReport& report, bool colour) {
  const Paint paint{colour};
  std::string text = "\n";
  for (const auto& s : report.scenarios) text += scenario_text(s, paint);
  for (const auto v : {judge::Verdict::flaky, judge::Verdict::quarantined, judge::Verdict::skipped})
    text += named(report, v);
  std::vector<std::string_view> expired;
  for (const auto& s : report.scenarios)
    if (s.quarantine && s.quarantine->expired) expired.push_back(s.name);
  if (!expired.empty()) text += fmt::format("quarantine expired: {}\n", fmt::join(expired, ", "));
  if (!report.missing_parts.empty())
    text += paint("31;1", fmt::format("missing parts: {}", fmt::join(report.missing_parts, ", "))) + "\n";
  if (report.timeout_multiplier != 1)
    text += fmt::format("timeouts were multiplied by {}\n", report.timeout_multiplier);
  const int code = report.exit_code();
  const auto part = report.part.empty() ? "" : fmt::format(", part {}", report.part);
  text += fmt::format("{} in {:.2f} s: {} (exit {}), seed {}{}\n", totals(report),
                      static_cast<double>(report.duration_ms) / 1000.0, why(report, code), code, report.seed, part);
  return text;
}

}  // namespace firstlight::reports
