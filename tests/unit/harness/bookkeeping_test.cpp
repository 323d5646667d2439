#include "harness/run/bookkeeping.hpp"

#include <gmock/gmock.h>

namespace firstlight::harness {
namespace {

using reports::ScenarioReport;
using namespace std::chrono_literals;

ScenarioReport ended(judge::Verdict v, const std::string& journal = "x/journal.jsonl") {
  ScenarioReport r;
  r.name = "x";
  r.verdict = v;
  r.journal = journal;
  return r;
}
language::Scenario quarantined_until(std::string_view day) {
  language::Scenario s;
  s.name = "x";
  s.quarantine = language::Quarantine{
      std::chrono::floor<std::chrono::days>(*parse_rfc3339(std::string(day) + "T00:00:00Z")), "known"};
  return s;
}

TEST(Repeat, TheFirstHasTheSeedItselfAndTheOthersOnesThatCanBeTyped) {
  EXPECT_EQ(repeat_seed(7, 1), 7U);
  EXPECT_NE(repeat_seed(7, 2), 7U);
  EXPECT_NE(repeat_seed(7, 2), repeat_seed(7, 3));
  EXPECT_NE(repeat_seed(7, 2), repeat_seed(8, 2));
  EXPECT_EQ(repeat_seed(7, 2), repeat_seed(7, 2));
  EXPECT_LT(repeat_seed(UINT64_MAX, 99), 1'000'000'000U);
  EXPECT_EQ(repeat_name("x", 1, 1), "x");
  EXPECT_EQ(repeat_name("x", 1, 3), "x#1");
}

TEST(Repro, CanBePastedIntoAShell) {
  EXPECT_EQ(repro_line("scenarios/a.yaml", 7, 1), "./firstlight run scenarios/a.yaml --seed 7");
  EXPECT_EQ(repro_line("it's a.yaml", 7, 2.5), "./firstlight run 'it'\\''s a.yaml' --seed 7 --timeout-multiplier 2.5");
}

TEST(Timeout, IsStretchedAndNeverNothing) {
  EXPECT_EQ(stretch(10s, 1), 10s);
  EXPECT_EQ(stretch(10s, 2.5), 25s);
  EXPECT_EQ(stretch(1us, 0.01), 1us);
}

TEST(Retries, OnlyWhatMayBeABadDay) {
  EXPECT_TRUE(worth_a_retry(ended(judge::Verdict::fail)));
  EXPECT_TRUE(worth_a_retry(ended(judge::Verdict::threshold)));
  EXPECT_TRUE(worth_a_retry(ended(judge::Verdict::infra)));
  EXPECT_FALSE(worth_a_retry(ended(judge::Verdict::pass)));
  EXPECT_FALSE(worth_a_retry(ended(judge::Verdict::inconclusive)));
  auto crash = ended(judge::Verdict::infra);
  crash.bug = true;
  EXPECT_FALSE(worth_a_retry(crash)) << "a crash of ours is never made green";
}

TEST(Settle, OneAttemptStaysAsItIs) {
  const auto r = settle({ended(judge::Verdict::fail)});
  EXPECT_EQ(r.verdict, judge::Verdict::fail);
  EXPECT_TRUE(r.attempts.empty());
}

TEST(Settle, ALaterPassIsFlakyAndTheFirstFailureIsShown) {
  const auto r = settle(
      {ended(judge::Verdict::threshold, "1"), ended(judge::Verdict::fail, "2"), ended(judge::Verdict::pass, "3")});
  EXPECT_EQ(r.verdict, judge::Verdict::flaky);
  EXPECT_EQ(r.journal, "1");
  ASSERT_EQ(r.attempts.size(), 3U);
  EXPECT_EQ(r.attempts[1].verdict, judge::Verdict::fail);
  EXPECT_EQ(r.attempts[2].journal, "3");
}

TEST(Settle, WithoutAPassTheWorstCounts) {
  const auto r = settle(
      {ended(judge::Verdict::infra, "1"), ended(judge::Verdict::fail, "2"), ended(judge::Verdict::threshold, "3")});
  EXPECT_EQ(r.verdict, judge::Verdict::fail);
  EXPECT_EQ(r.journal, "2");
  auto crash = ended(judge::Verdict::infra, "2");
  crash.bug = true;
  const auto b = settle({ended(judge::Verdict::fail, "1"), crash});
  EXPECT_TRUE(b.bug);
  EXPECT_EQ(b.verdict, judge::Verdict::infra);
}

TEST(Quarantine, ExcusesAFailureUntilItsDayHasPassed) {
  const auto scenario = quarantined_until("2026-12-31");
  const auto last_moment = *parse_rfc3339("2026-12-31T23:59:59Z"), after = *parse_rfc3339("2027-01-01T00:00:00Z");
  for (const auto v : {judge::Verdict::fail, judge::Verdict::threshold}) {
    auto r = ended(v);
    apply_quarantine(r, scenario, last_moment);
    EXPECT_EQ(r.verdict, judge::Verdict::quarantined);
    EXPECT_FALSE(r.quarantine->expired);
    EXPECT_EQ(r.quarantine->until, "2026-12-31");
    r = ended(v);
    apply_quarantine(r, scenario, after);
    EXPECT_EQ(r.verdict, v) << "it counts again";
    EXPECT_TRUE(r.quarantine->expired);
  }
}

TEST(Quarantine, ExcusesNothingElse) {
  const auto scenario = quarantined_until("2026-12-31");
  for (const auto v :
       {judge::Verdict::pass, judge::Verdict::inconclusive, judge::Verdict::infra, judge::Verdict::skipped}) {
    auto r = ended(v);
    apply_quarantine(r, scenario, *parse_rfc3339("2026-01-01T00:00:00Z"));
    EXPECT_EQ(r.verdict, v);
    EXPECT_TRUE(r.quarantine);
  }
  auto r = ended(judge::Verdict::fail);
  apply_quarantine(r, language::Scenario{}, WallTime{});
  EXPECT_EQ(r.verdict, judge::Verdict::fail);
  EXPECT_FALSE(r.quarantine);
}

TEST(Skipped, SaysWhyAndHasTheFormOfAll) {
  language::Scenario s;
  s.name = "x";
  s.file = "x.yaml";
  const auto r = skipped(s, "x#2", 7, "skipped: no modem here");
  EXPECT_EQ(r.verdict, judge::Verdict::skipped);
  EXPECT_EQ(r.name, "x#2");
  ASSERT_EQ(r.checks.size(), 1U);
  EXPECT_EQ(r.checks[0].observed, "skipped: no modem here");
  EXPECT_EQ(r.stages.front().stage, "total") << "always there";
  EXPECT_TRUE(r.journal.empty());
}

}  // namespace
}  // namespace firstlight::harness
