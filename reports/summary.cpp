#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

using harness::CheckResult;
using harness::Outcome;
using harness::Verdict;

constexpr std::size_t kTimelineLines = 40;
constexpr std::size_t kCamerasNamed = 12;

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(const char* code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

const char* colour_of(Verdict v) {
  switch (v) {
    case Verdict::pass:
      return "32";
    case Verdict::fail:
      return "31;1";
    case Verdict::infra:
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

std::string row(std::string_view name, const harness::Samples& s, std::uint64_t failed) {
  return fmt::format("    {:<14}{:>7}{:>12}{:>12}{:>12}{:>12}{}\n", name, s.count(), ms(s.percentile(50)),
                     ms(s.percentile(90)), ms(s.percentile(99)), ms(s.max()),
                     failed > 0 ? fmt::format("   {} failed", failed) : "");
}

std::string stage_table(const Outcome& o, const Paint& paint) {
  const auto& m = o.measured;
  auto text =
      paint("2", fmt::format("    {:<14}{:>7}{:>12}{:>12}{:>12}{:>12}", "stage", "count", "p50", "p90", "p99", "max")) +
      "\n";
  for (std::size_t i = 0; i < journal::kStageCount; ++i)
    if (m.stages[i].count() + m.failed[i] > 0)
      text += row(journal::stage_name(static_cast<journal::Stage>(i)), m.stages[i], m.failed[i]);
  if (m.total.count() > 0) text += row("total", m.total, 0);
  return text;
}

std::string cameras_text(const std::vector<std::uint32_t>& cameras) {
  const auto shown = std::min(cameras.size(), kCamerasNamed);
  auto text = fmt::format("{}", fmt::join(cameras.begin(), cameras.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (cameras.size() > shown) text += fmt::format(" and {} more", cameras.size() - shown);
  return text;
}

/// Text that may come from a device must not drive the terminal.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = c == '\n' ? ' ' : '?';
  return text;
}

std::string check_text(const Outcome& o, const CheckResult& c, const Paint& paint) {
  auto text =
      fmt::format("    {} {}\n", paint(colour_of(c.verdict), fmt::format("{}:", harness::verdict_name(c.verdict))),
                  c.line > 0 ? fmt::format("{}  ({}:{})", c.expect, o.file, c.line) : c.expect);
  text += fmt::format("      observed: {}\n", printable(c.observed));
  if (!c.cameras.empty()) text += fmt::format("      cameras:  {}\n", cameras_text(c.cameras));
  return text;
}

std::string trouble(const Outcome& o, const Paint& paint) {
  std::string text;
  for (const auto& c : o.checks)
    if (c.verdict != Verdict::pass) text += check_text(o, c, paint);
  if (o.timeline_camera != 0) {
    text += fmt::format("    camera {}, from its power-on:\n", o.timeline_camera);
    const auto shown = std::min(o.timeline.size(), kTimelineLines);
    for (std::size_t i = 0; i < shown; ++i) text += "      " + o.timeline[i] + "\n";
    if (o.timeline.size() > shown) text += fmt::format("      … {} more in the journal\n", o.timeline.size() - shown);
  }
  return text + fmt::format("    repeat it: {}\n", paint("1", o.repro));
}

std::string scenario_text(const Outcome& o, const Paint& paint) {
  auto text = fmt::format("{}  {}  {} of {} cameras online, {} check{}, {:.2f} s, seed {}\n",
                          paint(colour_of(o.verdict), fmt::format("{:<12}", harness::verdict_name(o.verdict))),
                          paint("1", o.name), o.online, o.cameras, o.checks.size(), o.checks.size() == 1 ? "" : "s",
                          static_cast<double>(o.measured.last_ns) / 1e9, o.seed);
  text += stage_table(o, paint);
  if (o.verdict != Verdict::pass) text += trouble(o, paint);
  return text + "\n";
}

}  // namespace

std::string summary(const RunReport& report, bool colour) {
  const Paint paint{colour};
  std::string text = "\n";
  for (const auto& o : report.outcomes) text += scenario_text(o, paint);
  std::string totals;
  for (int v = 0; v <= static_cast<int>(Verdict::quarantined); ++v) {
    const auto n = std::count_if(report.outcomes.begin(), report.outcomes.end(),
                                 [v](const Outcome& o) { return o.verdict == static_cast<Verdict>(v); });
    if (n > 0)
      totals += fmt::format("{}{} {}", totals.empty() ? "" : ", ", n, harness::verdict_name(static_cast<Verdict>(v)));
  }
  const int code = report.exit_code();
  text += fmt::format("{} in {:.2f} s: {} (exit {}), seed {}\n", totals.empty() ? "no scenario finished" : totals,
                      static_cast<double>(report.duration_ms) / 1000.0, harness::exit_reason(code), code, report.seed);
  return text;
}

}  // namespace firstlight::reports
