#include "harness/run/bookkeeping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.hpp"

namespace firstlight::harness {

namespace {

std::string shell_quoted(const std::string& text) {
  constexpr std::string_view kHarmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%";
  if (!text.empty() && text.find_first_not_of(kHarmless) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// Smaller is worse.
std::size_t badness(const reports::ScenarioReport& report) {
  constexpr std::array kOrder{judge::Verdict::fail, judge::Verdict::infra, judge::Verdict::threshold,
                              judge::Verdict::inconclusive};
  if (report.bug) return 0;
  return 1 + static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), report.verdict) - kOrder.begin());
}

/// Of a scenario of which nothing was seen: one check, and why.
reports::ScenarioReport unseen(const language::Scenario& scenario, judge::Outcome outcome, judge::CheckResult check) {
  outcome.verdict = check.verdict;
  outcome.checks.push_back(std::move(check));
  return reports::describe(scenario, outcome, {});
}

}  // namespace

std::uint64_t repeat_seed(std::uint64_t seed, std::uint32_t repeat) {
  constexpr std::uint64_t kShortEnoughToType = 1'000'000'000;
  if (repeat <= 1) return seed;
  return draw_bits({.seed = seed, .camera = 0, .point = "repeat", .attempt = repeat}) % kShortEnoughToType;
}

std::string repeat_name(const std::string& name, std::uint32_t repeat, std::uint32_t repeats) {
  return repeats > 1 ? fmt::format("{}#{}", name, repeat) : name;
}

Duration stretch(Duration timeout, double multiplier) {
  return std::max(Duration{1}, Duration(std::llround(static_cast<double>(timeout.count()) * multiplier)));
}

std::string repro_line(const std::string& file, std::uint64_t seed, double timeout_multiplier,
                       const fault::DefectSet& defects) {
  auto line = fmt::format("./firstlight run {} --seed {}", shell_quoted(file), seed);
  if (timeout_multiplier != 1) line += fmt::format(" --timeout-multiplier {}", timeout_multiplier);
  for (const auto name : fault::names_of(defects)) line += fmt::format(" --defect {}", name);
  return line;
}

bool in_quarantine(const language::Scenario& scenario, WallTime run_started) {
  return scenario.quarantine && std::chrono::floor<std::chrono::days>(run_started) <= scenario.quarantine->until;
}

bool worth_a_retry(const reports::ScenarioReport& report) {
  if (report.bug) return false;
  return report.verdict == judge::Verdict::fail || report.verdict == judge::Verdict::threshold ||
         report.verdict == judge::Verdict::infra;
}

reports::ScenarioReport settle(std::vector<reports::ScenarioReport> attempts) {
  std::vector<reports::AttemptReport> history;
  for (const auto& a : attempts) history.push_back({a.verdict, a.journal});
  const auto worst = std::min_element(attempts.begin(), attempts.end(),
                                      [](const auto& a, const auto& b) { return badness(a) < badness(b); });
  const bool passed =
      std::any_of(attempts.begin(), attempts.end(), [](const auto& a) { return a.verdict == judge::Verdict::pass; });
  const auto failed =
      std::find_if(attempts.begin(), attempts.end(), [](const auto& a) { return a.verdict != judge::Verdict::pass; });
  const bool flaky = passed && failed != attempts.end();
  auto report = std::move(flaky ? *failed : *worst);
  if (flaky) report.verdict = judge::Verdict::flaky;
  if (history.size() > 1) report.attempts = std::move(history);
  return report;
}

void apply_quarantine(reports::ScenarioReport& report, const language::Scenario& scenario, WallTime run_started) {
  if (!scenario.quarantine) return;
  const bool lasts = in_quarantine(scenario, run_started);
  report.quarantine = reports::QuarantineReport{format_rfc3339(WallTime(scenario.quarantine->until)).substr(0, 10),
                                                scenario.quarantine->reason, !lasts};
  if (lasts && (report.verdict == judge::Verdict::fail || report.verdict == judge::Verdict::threshold))
    report.verdict = judge::Verdict::quarantined;
}

reports::ScenarioReport skipped(const language::Scenario& scenario, const std::string& name, std::uint64_t seed,
                                const std::string& why) {
  judge::Outcome outcome;
  outcome.file = scenario.file;
  outcome.seed = seed;
  outcome.cameras = scenario.cameras.count;
  judge::CheckResult check;
  check.expect = "the scenario is run";
  check.verdict = judge::Verdict::skipped;
  check.observed = why;
  outcome.repro = repro_line(scenario.file, seed, 1);
  auto report = unseen(scenario, std::move(outcome), std::move(check));
  report.name = name;
  return report;
}

reports::ScenarioReport unreadable(const std::string& name, const std::string& journal_file, const std::string& why) {
  judge::CheckResult check;
  check.expect = "the journal can be read";
  check.verdict = judge::Verdict::infra;
  check.observed = why;
  judge::Outcome outcome;
  outcome.name = name;
  outcome.repro = "./firstlight judge " + shell_quoted(journal_file);
  return unseen(language::Scenario{}, std::move(outcome), std::move(check));
}

}  // namespace firstlight::harness
