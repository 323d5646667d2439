#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/run_report.hpp"

namespace firstlight::reports {
namespace {

using harness::Outcome;
using harness::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

RunReport sample() {
  RunReport r;
  r.id = "20261123-182913";
  r.seed = 7;
  r.version = "0.1.0";
  r.started_at = "2026-11-23T18:29:13.000Z";
  r.duration_ms = 1234;
  Outcome good;
  good.name = "good";
  good.file = "good.yaml";
  good.cameras = good.online = 1;
  good.measured.total.add(1500);
  good.measured.stages[0].add(100);
  good.checks = {{"online: {cameras: all}", 3, Verdict::pass, "1 of 1 cameras online", {}}};
  Outcome bad = good;
  bad.name = "bad";
  bad.file = "bad.yaml";
  bad.verdict = Verdict::fail;
  bad.online = 0;
  bad.checks[0].verdict = Verdict::fail;
  bad.checks[0].observed = "first line\nsecond <line> & \"quotes\" \x01 \xff";
  bad.checks[0].cameras = {1};
  bad.timeline_camera = 1;
  bad.timeline = {"+0.000s camera 1 power on", "+0.001s camera 1 \xEF\xBF\xBF GAVE UP"};
  bad.seed = 11;
  bad.repro = "./firstlight run bad.yaml --seed 7";
  r.outcomes = {good, bad};
  return r;
}

TEST(Json, HasTheMembersOfSchemaVersion1) {
  const auto j = nlohmann::json::parse(to_json(sample()));
  EXPECT_EQ(j["schema_version"], 1);
  EXPECT_EQ(j["run"]["exit_code"], 1);
  EXPECT_EQ(j["run"]["exit_reason"], "a scenario failed");
  EXPECT_EQ(j["totals"], (nlohmann::json{{"pass", 1}, {"fail", 1}}));
  const auto& s = j["scenarios"][0];
  EXPECT_EQ(s["stages"]["total"]["p50_ms"], 1.5);
  EXPECT_EQ(s["stages"]["attach"]["count"], 1);
  EXPECT_FALSE(s["stages"].contains("config")) << "no camera completed it";
  EXPECT_EQ(j["scenarios"][1]["checks"][0]["cameras"], nlohmann::json::array({1}));
  EXPECT_EQ(j["scenarios"][1]["checks"][0]["verdict"], "fail");
}

TEST(JUnit, HoldsNoByteThatXmlForbids) {
  const auto xml = to_junit(sample());
  for (const char c : xml) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  EXPECT_THAT(xml, Not(HasSubstr("\xff")));
  EXPECT_THAT(xml, Not(HasSubstr("\xEF\xBF\xBF")));
  EXPECT_THAT(xml, HasSubstr("second &lt;line&gt; &amp; &quot;quotes&quot; ?"));
  EXPECT_THAT(xml, HasSubstr("first line&#10;second"));
  EXPECT_THAT(
      xml, HasSubstr(R"(<testsuites name="firstlight" time="1.234" tests="2" failures="1" errors="0" skipped="0">)"));
}

TEST(Summary, TellsWhatFailedAndHowToRepeatIt) {
  const auto text = summary(sample(), false);
  EXPECT_THAT(text, HasSubstr("bad.yaml:3"));
  EXPECT_THAT(text, HasSubstr("1 check, 0.00 s, seed 11")) << "the scenario's own, not the run's";
  EXPECT_THAT(text, HasSubstr("camera 1, from its power-on:"));
  EXPECT_THAT(text, HasSubstr("repeat it: ./firstlight run bad.yaml --seed 7"));
  EXPECT_THAT(text, HasSubstr("1 pass, 1 fail in 1.23 s: a scenario failed (exit 1), seed 7"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b["))) << "no colour was asked for";
  EXPECT_THAT(text, Not(HasSubstr("\x01"))) << "text from devices must not drive the terminal";
  EXPECT_THAT(summary(sample(), true), HasSubstr("\x1b[31;1mfail"));
}

}  // namespace
}  // namespace firstlight::reports
