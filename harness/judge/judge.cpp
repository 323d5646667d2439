#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/judge/verdict.hpp"
#include "journal/journal.hpp"

namespace firstlight::harness {

namespace {

std::string ms(std::int64_t us) {
  return fmt::format("{:.1f} ms", static_cast<double>(us) / 1000.0);
}

/// The cameras that satisfy `concerned`, ascending.
template <class Predicate>
std::vector<std::uint32_t> cameras_where(const Scenario& scenario, const Measurements& m, Predicate concerned) {
  static const CameraFacts kNeverSeen;
  std::vector<std::uint32_t> found;
  for (std::uint32_t id = 1; id <= scenario.cameras.count; ++id) {
    const auto it = m.cameras.find(id);
    if (concerned(it == m.cameras.end() ? kNeverSeen : it->second)) found.push_back(id);
  }
  return found;
}

std::string where_they_are(const Scenario& scenario, const Measurements& m) {
  std::map<std::string, int> count;
  for (std::uint32_t id = 1; id <= scenario.cameras.count; ++id) {
    const auto it = m.cameras.find(id);
    if (it == m.cameras.end() || !it->second.powered)
      ++count["not powered on yet"];
    else if (it->second.gave_up)
      ++count["gave up: " + it->second.gave_up_reason];
    else if (!it->second.online_at_end)
      ++count[fmt::format("at {}", it->second.stage ? journal::stage_name(*it->second.stage) : "power-on")];
  }
  std::vector<std::string> parts;
  for (const auto& [what, n] : count) parts.push_back(fmt::format("{} {}", n, what));
  return fmt::format("{}", fmt::join(parts, ", "));
}

struct Check {
  const Scenario& scenario;
  const Measurements& m;
  CheckResult& out;
  bool& final_anyway;  // set: what failed cannot be mended by a longer run

  void operator()(const ExpectOnline& e) const {
    const auto due = e.cameras.of(scenario.cameras.count);
    const std::int64_t limit_ns = e.within ? e.within->count() * 1000 : INT64_MAX;
    int now = 0, best = 0;
    std::int64_t reached_ns = 0;
    for (const auto& [t, change] : m.online_changes) {
      if (t > limit_ns) break;
      now += change;
      if (now > best) {
        best = now;
        reached_ns = t;
      }
    }
    const auto reached = static_cast<std::uint32_t>(e.within ? best : now);
    out.observed = fmt::format("{} of {} cameras online", reached, scenario.cameras.count);
    if (e.within && reached > 0)
      out.observed += fmt::format(", the last after {:.3f} s", static_cast<double>(reached_ns) / 1e9);
    if (reached >= due) return;
    out.verdict = Verdict::fail;
    out.cameras = cameras_where(scenario, m, [&](const CameraFacts& c) {
      return !c.online || c.online_ns > limit_ns || (!e.within && !c.online_at_end);
    });
    if (const auto rest = where_they_are(scenario, m); !rest.empty()) out.observed += "; the others: " + rest;
  }

  void operator()(const ExpectLatency& e) const {
    const auto& samples = e.stage ? m.stages[static_cast<std::size_t>(*e.stage)] : m.total;
    if (samples.count() == 0) {
      out.verdict = Verdict::inconclusive;
      out.observed = fmt::format("no camera completed {}: there is nothing to measure", latency_stage_name(e.stage));
      return;
    }
    std::vector<std::string> parts;
    for (const auto& limit : e.limits) {
      const double percent = limit.quantile == Quantile::p50   ? 50
                             : limit.quantile == Quantile::p90 ? 90
                             : limit.quantile == Quantile::p99 ? 99
                                                               : 100;
      const auto value = samples.percentile(percent);
      const bool breached = value >= limit.below.count();
      if (breached) out.verdict = Verdict::threshold;
      parts.push_back(fmt::format("{} {}{}", quantile_name(limit.quantile), ms(value),
                                  breached ? fmt::format(" (limit {})", format_duration(limit.below)) : ""));
    }
    out.observed = fmt::format("{} over {} samples", fmt::join(parts, ", "), samples.count());
    if (out.verdict == Verdict::threshold && !e.stage) {
      const auto& strictest = *std::min_element(e.limits.begin(), e.limits.end(),
                                                [](const auto& a, const auto& b) { return a.below < b.below; });
      out.cameras = cameras_where(scenario, m, [&](const CameraFacts& c) {
        return c.online && (c.online_ns - c.scheduled_ns) / 1000 >= strictest.below.count();
      });
    }
  }

  void operator()(const ExpectAttempts& e) const {
    const auto i = static_cast<std::size_t>(e.stage);
    std::uint32_t least = UINT32_MAX, most = 0;
    for (std::uint32_t id = 1; id <= scenario.cameras.count; ++id) {
      const auto it = m.cameras.find(id);
      const auto n = it == m.cameras.end() ? 0 : it->second.attempts[i];
      least = std::min(least, n);
      most = std::max(most, n);
    }
    out.observed = fmt::format("{} to {} attempts of {} a camera", least, most, journal::stage_name(e.stage));
    if (most == 0 && !e.at_least) {
      out.verdict = Verdict::inconclusive;
      out.observed = fmt::format("no camera reached {}: there is nothing to count", journal::stage_name(e.stage));
      return;
    }
    out.cameras = cameras_where(scenario, m, [&](const CameraFacts& c) {
      return (e.at_most && c.attempts[i] > *e.at_most) || (e.at_least && c.attempts[i] < *e.at_least);
    });
    if (!out.cameras.empty()) out.verdict = Verdict::fail;
    final_anyway = e.at_most && most > *e.at_most;
  }
};

/// How the run itself ended, as a check of its own when it did not end well.
void add_ending(const Scenario& scenario, const Measurements& m, const std::string& infra,
                std::vector<CheckResult>& checks) {
  CheckResult check;
  if (!infra.empty() || m.end_reason == "infra") {
    check.expect = "the lab works";
    check.verdict = Verdict::infra;
    check.observed = infra.empty() ? m.end_detail : infra;
  } else if (m.end_reason == "timeout") {
    check.expect = fmt::format("timeout: {}", format_duration(scenario.timeout));
    check.verdict = Verdict::fail;
    check.observed = "not settled when the timeout struck: " + where_they_are(scenario, m);
    check.cameras = cameras_where(scenario, m, [](const CameraFacts& c) { return !c.online_at_end && !c.gave_up; });
  } else if (m.end_reason == "interrupted") {
    check.expect = "the run is not interrupted";
    check.verdict = Verdict::inconclusive;
    check.observed = "interrupted" + (m.end_detail.empty() ? "" : ": " + m.end_detail);
  } else if (m.end_reason.empty()) {
    check.expect = "the journal is complete";
    check.verdict = Verdict::infra;
    check.observed = "the journal has no end: the process that wrote it died";
  } else {
    return;
  }
  checks.push_back(std::move(check));
}

void tell_first_camera(const std::vector<journal::Event>& events, Outcome& outcome) {
  for (const auto& check : outcome.checks)
    if (!check.cameras.empty() && outcome.timeline_camera == 0) outcome.timeline_camera = check.cameras.front();
  if (outcome.timeline_camera == 0) return;
  for (const auto& e : events)
    if (e.camera == outcome.timeline_camera) outcome.timeline.push_back(journal::narrate(e));
}

}  // namespace

Outcome judge(const Scenario& scenario, std::uint64_t seed, const std::vector<journal::Event>& events,
              const std::string& infra_reason) {
  Outcome outcome;
  outcome.name = scenario.name;
  outcome.file = scenario.file;
  outcome.seed = seed;
  outcome.cameras = scenario.cameras.count;
  outcome.measured = measure(events);
  for (const auto& [id, c] : outcome.measured.cameras) outcome.online += c.online_at_end ? 1 : 0;
  const bool cut_short = outcome.measured.end_reason == "interrupted" || outcome.measured.end_reason == "infra" ||
                         outcome.measured.end_reason.empty() || !infra_reason.empty();
  for (const auto& expectation : scenario.expect) {
    CheckResult check;
    check.expect = expectation_text(expectation);
    check.line = expectation.at.line;
    bool final_anyway = false;
    std::visit(Check{scenario, outcome.measured, check, final_anyway}, expectation.check);
    // What did not happen in a run that was cut short might have happened yet: that is no failure of a camera.
    if (cut_short && !final_anyway && check.verdict == Verdict::fail) check.verdict = Verdict::inconclusive;
    outcome.checks.push_back(std::move(check));
  }
  add_ending(scenario, outcome.measured, infra_reason, outcome.checks);
  outcome.verdict = worst(outcome.checks);
  if (outcome.verdict != Verdict::pass) tell_first_camera(events, outcome);
  outcome.repro = fmt::format("./firstlight run {} --seed {}", scenario.file, seed);
  return outcome;
}

}  // namespace firstlight::harness
