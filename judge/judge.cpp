#include <fmt/format.h>

#include "journal/journal.hpp"
#include "judge/expectation.hpp"
#include "judge/faults_fired.hpp"
#include "judge/verdict.hpp"

namespace firstlight::judge {

namespace {

std::string what_held_it_up(const CheckContext& context) {
  const auto cameras = where_they_are(context);
  return cameras.empty() ? "every camera is online, so a fault was still to come" : cameras;
}

/// How the run itself ended, as a check of its own when it did not end well.
void add_ending(const CheckContext& context, const std::string& infra, std::vector<CheckResult>& checks) {
  const auto& m = context.m;
  CheckResult check;
  if (!infra.empty() || m.end_reason == "infra") {
    check.expect = "the lab works";
    check.verdict = Verdict::infra;
    check.observed = infra.empty() ? m.end_detail : infra;
  } else if (m.end_reason == "timeout") {
    check.expect = fmt::format("timeout: {}", format_duration(context.scenario.timeout));
    check.verdict = Verdict::fail;
    check.observed = "not settled when the timeout struck: " + what_held_it_up(context);
    check.cameras = context.cameras_where([&](std::uint32_t id) {
      const auto& c = context.facts(id);
      return !c.online_at_end && !c.gave_up;
    });
    if (check.cameras.empty())  // those that gave up waited for nothing, but their story may tell
      check.cameras = context.cameras_where([&](std::uint32_t id) { return !context.facts(id).online_at_end; });
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

CheckResult judge_one(const language::ExpectItem& expectation, const CheckContext& context, bool cut_short) {
  // Read by a kind of judge/expectations/, as judge() asks for: any other one is our mistake (std::bad_cast).
  auto finding = dynamic_cast<const CheckedExpectation&>(*expectation.what).check(context);
  CheckResult result;
  result.expect = expectation.text();
  result.line = expectation.at.line;
  result.verdict = finding.verdict;
  result.observed = std::move(finding.observed);
  result.cameras = std::move(finding.cameras);
  result.evidence = std::move(finding.evidence);
  // What did not happen in a run that was cut short might have happened yet: that is neither a failure of a camera nor
  // a proof that it behaves.
  if (cut_short && !finding.is_final) result.verdict = Verdict::inconclusive;
  return result;
}

}  // namespace

Outcome judge(const language::Scenario& scenario, std::uint64_t seed, const std::vector<journal::Event>& events,
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
  const CheckContext context(scenario, outcome.measured, events);
  for (const auto& expectation : scenario.expect) outcome.checks.push_back(judge_one(expectation, context, cut_short));
  std::vector<FaultRuleId> rules;
  for (const auto& rule : scenario.faults) rules.push_back({rule.id, rule.position.line});
  for (auto& silent : check_faults_fired(rules, events)) outcome.checks.push_back(std::move(silent));
  add_ending(context, infra_reason, outcome.checks);
  outcome.verdict = worst(outcome.checks);
  if (outcome.verdict != Verdict::pass) tell_first_camera(events, outcome);
  outcome.repro = fmt::format("./firstlight run {} --seed {}", scenario.file, seed);
  return outcome;
}

}  // namespace firstlight::judge
