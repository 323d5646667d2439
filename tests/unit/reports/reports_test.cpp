#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "reports/run_report.hpp"
#include "reports/text.hpp"

namespace firstlight::reports {
namespace {

using judge::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ScenarioReport scenario(const std::string& name, judge::Verdict v) {
  ScenarioReport s;
  s.name = name;
  s.file = name + ".yaml";
  s.seed = 11;
  s.started_at = "2026-11-23T18:29:13.000Z";
  s.verdict = v;
  s.cameras = 1;
  s.online = v == judge::Verdict::pass ? 1 : 0;
  s.stages = {{"attach", 1, 0, 100, 100, 100, 100}, {"total", 1, 0, 1500, 1500, 1500, 1500}};
  s.checks = {{"online: {cameras: all}", 3, v, "1 of 1 cameras online", {}, {}}};
  s.repro = "./firstlight run " + s.file + " --seed 11";
  s.journal = name + "/journal.jsonl";
  return s;
}

RunReport sample() {
  RunReport r;
  r.id = "20261123-182913";
  r.seed = 7;
  r.version = "0.1.0";
  r.started_at = "2026-11-23T18:29:13.000Z";
  r.duration_ms = 1234;
  auto bad = scenario("bad", judge::Verdict::fail);
  bad.checks[0].observed = "first line\nsecond <line> & \"quotes\" \x01 \xff é";
  bad.checks[0].cameras = {1};
  bad.checks[0].evidence = {{2, 41, 5'000'000, "+0.005s camera 1 mqtt_connect failed"}};
  bad.timeline_camera = 1;
  bad.timeline = {"+0.000s camera 1 power on", "+0.001s camera 1 \xEF\xBF\xBF GAVE UP"};
  bad.faults = {{"late", "link.mqtt", false, {}},
                {"expired", "config_api.certificate", true, {{1, 1}, {1, 2}, {4, 1}}}};
  r.scenarios = {scenario("good", judge::Verdict::pass), bad};
  return r;
}

RunReport run_of(std::vector<ScenarioReport> scenarios) {
  auto r = sample();
  r.scenarios = std::move(scenarios);
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
  const auto& check = j["scenarios"][1]["checks"][0];
  EXPECT_EQ(check["cameras"], nlohmann::json::array({1}));
  EXPECT_EQ(check["verdict"], "fail");
  EXPECT_EQ(check["proof"][0]["seq"], 41);
  EXPECT_EQ(check["repro"], "./firstlight run bad.yaml --seed 11");
  const auto& faults = j["scenarios"][1]["faults"];
  EXPECT_EQ(faults[0]["fired"], 0);
  EXPECT_EQ(faults[0]["repeatable"], false);
  EXPECT_EQ(faults[1]["fired"], 3);
  EXPECT_EQ(faults[1]["firings"][2], (nlohmann::json{{"camera", 4}, {"attempt", 1}}));
}

TEST(Json, IsReadBackAsItWas) {
  auto whole = sample();
  whole.part = "2/3";
  whole.flaky_fails = true;
  whole.timeout_multiplier = 2.5;
  auto flaky = scenario("flaky", judge::Verdict::flaky);
  flaky.attempts = {{judge::Verdict::fail, "flaky/journal.jsonl"},
                    {judge::Verdict::pass, "flaky.retry1/journal.jsonl"}};
  flaky.quarantine = QuarantineReport{"2026-01-31", "known", true};
  whole.scenarios.push_back(flaky);
  const auto text = to_json(whole);
  EXPECT_EQ(to_json(from_json(text, "x")), text);
}

TEST(Json, ATimelineThatWasShortenedStaysSo) {
  auto whole = sample();
  whole.scenarios[1].timeline.assign(260, "+0.000s camera 1 power on");
  const auto once = to_json(whole);
  EXPECT_EQ(nlohmann::json::parse(once)["scenarios"][1]["timeline"]["left_out"], 60);
  const auto again = from_json(once, "x");
  EXPECT_EQ(to_json(again), once);
  EXPECT_THAT(to_json(merge({again})), HasSubstr("\"left_out\": 60"));
  EXPECT_THAT(summary(again, false), HasSubstr("more in the journal"));
}

TEST(Describe, AFaultThatFiresInTheTeardownHasNotFired) {
  language::Scenario s;
  s.faults.resize(1);
  s.faults[0].id = "late";
  const auto fired = journal::FaultFired{"late", "link.mqtt", "reset", 1, ""};
  std::vector<journal::Event> events{{5, 0, 0, journal::Source::edge, 1, "", fired},
                                     {9, 0, 1, journal::Source::run, 0, "", journal::RunEnded{"settled", ""}},
                                     {10, 0, 2, journal::Source::edge, 2, "", fired}};
  const auto report = describe(s, judge::judge(s, 1, events, ""), events);
  ASSERT_EQ(report.faults.size(), 1U);
  EXPECT_EQ(report.faults[0].firings, (std::vector<Firing>{{1, 1}}));
}

TEST(Json, RefusesWhatIsNoReport) {
  const auto why = [](const std::string& text) -> std::string {
    try {
      (void)from_json(text, "report.json");
    } catch (const ErrorException& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(why("{"), HasSubstr("report.json: no report"));
  EXPECT_THAT(why("[]"), HasSubstr("no report"));
  EXPECT_THAT(why("{}"), HasSubstr("no report"));
  EXPECT_THAT(why(R"({"schema_version": 2})"), HasSubstr("schema version 2, but this program reads version 1"));
  auto j = nlohmann::json::parse(to_json(sample()));
  j["scenarios"][0]["verdict"] = "splendid";
  EXPECT_THAT(why(j.dump()), HasSubstr("there is no verdict \"splendid\""));
  j["scenarios"][0].erase("verdict");
  EXPECT_THAT(why(j.dump()), HasSubstr("verdict"));
}

TEST(Text, BytesOfDevicesAreMadeSafe) {
  EXPECT_EQ(clean_utf8("a\xff"
                       "é\xc3"),
            "a?é?");
  EXPECT_EQ(printable("a\x1b[2J\xc2\x9b\n\xff"
                      "b"),
            "a?[2J? ?b");
  EXPECT_EQ(xml_content("<a>&\"\n\t\x0b\xEF\xBF\xBEé"), "&lt;a&gt;&amp;&quot;\n\t??é");
  EXPECT_EQ(xml_attribute("a\n\tb\r"), "a&#10;&#9;b?");
}

TEST(JUnit, HoldsNoByteThatXmlForbids) {
  const auto xml = to_junit(sample());
  for (const char c : xml) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  EXPECT_THAT(xml, Not(HasSubstr("\xff")));
  EXPECT_THAT(xml, Not(HasSubstr("\xEF\xBF\xBF")));
  EXPECT_THAT(xml, HasSubstr("second &lt;line&gt; &amp; &quot;quotes&quot; ? ? é"));
  EXPECT_THAT(xml, HasSubstr("message=\"first line&#10;second")) << "an attribute keeps its line ends as references";
  EXPECT_THAT(xml, HasSubstr("observed: first line\nsecond")) << "and a body as they are";
  EXPECT_THAT(
      xml, HasSubstr(R"(<testsuites name="firstlight" time="1.234" tests="2" failures="1" errors="0" skipped="0">)"));
  EXPECT_THAT(xml, HasSubstr(R"(classname="bad" name="online: {cameras: all}" file="bad.yaml" time="0.000">)"));
}

TEST(JUnit, CountsEachVerdictOnce) {
  auto crash = scenario("crash", judge::Verdict::infra);
  crash.bug = true;
  auto excused = scenario("excused", judge::Verdict::fail);
  excused.verdict = judge::Verdict::quarantined;
  excused.quarantine = QuarantineReport{"2026-12-31", "known", false};
  auto flaky = scenario("flaky", judge::Verdict::fail);
  flaky.verdict = judge::Verdict::flaky;
  flaky.attempts = {{judge::Verdict::fail, "a"}, {judge::Verdict::pass, "b"}};
  auto run = run_of({crash, excused, flaky, scenario("late", judge::Verdict::threshold),
                     scenario("vague", judge::Verdict::inconclusive), scenario("off", judge::Verdict::skipped),
                     scenario("good", judge::Verdict::pass)});
  const auto xml = to_junit(run);
  EXPECT_THAT(xml, HasSubstr(R"(tests="7" failures="1" errors="1" skipped="3">)"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"bug\""));
  EXPECT_THAT(xml,
              HasSubstr("<skipped message=\"quarantined until 2026-12-31 (known): fail: 1 of 1 cameras online\"/>"));
  EXPECT_THAT(xml, HasSubstr("<system-out>flaky: with one seed, its attempts ended fail, pass"));
  run.flaky_fails = true;
  EXPECT_THAT(to_junit(run), HasSubstr(R"(tests="7" failures="2" errors="1" skipped="3">)"));
}

TEST(GitHub, EscapesAndPointsAtTheLine) {
  auto bad = scenario("bad", judge::Verdict::fail);
  bad.file = "a:b,c%.yaml";
  bad.checks[0].observed = "100%\r\nsecond";
  EXPECT_EQ(to_github(run_of({bad})),
            "::error file=a%3Ab%2Cc%25.yaml,line=3,title=bad%3A fail::expected: online: {cameras: all}%0Aobserved: "
            "100%25%0D%0Asecond%0Arepeat it: ./firstlight run bad.yaml --seed 11\n");
}

TEST(GitHub, ShowsTenErrorsAndHowManyMore) {
  std::vector<ScenarioReport> many(12, scenario("bad", judge::Verdict::fail));
  auto flaky = scenario("flaky", judge::Verdict::fail);
  flaky.verdict = judge::Verdict::flaky;
  many.push_back(flaky);
  many.push_back(scenario("good", judge::Verdict::pass));
  const auto text = to_github(run_of(many));
  std::size_t errors = 0;
  for (std::size_t at = text.find("::error "); at != std::string::npos; at = text.find("::error ", at + 1)) ++errors;
  EXPECT_EQ(errors, 10U);
  EXPECT_THAT(text, HasSubstr("::notice title=firstlight::2 more errors are in the report\n"));
  EXPECT_THAT(text, HasSubstr("::warning file=flaky.yaml"));
  EXPECT_EQ(to_github(run_of({scenario("good", judge::Verdict::pass)})), "");
}

TEST(Summary, TellsWhatFailedAndHowToRepeatIt) {
  const auto text = summary(sample(), false);
  EXPECT_THAT(text, HasSubstr("bad.yaml:3"));
  EXPECT_THAT(text, HasSubstr("1 check, 0.00 s, seed 11")) << "the scenario's own, not the run's";
  EXPECT_THAT(text, HasSubstr("camera 1, from its power-on:"));
  EXPECT_THAT(text, HasSubstr("proof:    +0.005s camera 1 mqtt_connect failed"));
  EXPECT_THAT(text, HasSubstr("repeat it: ./firstlight run bad.yaml --seed 11"));
  EXPECT_THAT(text, HasSubstr("1 pass, 1 fail in 1.23 s: a scenario failed (exit 1), seed 7"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b["))) << "no colour was asked for";
  EXPECT_THAT(text, Not(HasSubstr("\x01"))) << "text from devices must not drive the terminal";
  EXPECT_THAT(summary(sample(), true), HasSubstr("\x1b[31;1mfail"));
}

TEST(Summary, HidesNothingBehindAGreenTotal) {
  auto off = scenario("off", judge::Verdict::skipped);
  off.checks[0].observed = "skipped: no modem here";
  auto excused = scenario("excused", judge::Verdict::fail);
  excused.verdict = judge::Verdict::quarantined;
  excused.quarantine = QuarantineReport{"2026-12-31", "known", false};
  auto flaky = scenario("unsteady", judge::Verdict::fail);
  flaky.verdict = judge::Verdict::flaky;
  flaky.attempts = {{judge::Verdict::fail, "a"}, {judge::Verdict::pass, "b"}};
  auto late = scenario("late", judge::Verdict::fail);
  late.quarantine = QuarantineReport{"2026-01-31", "forgotten", true};
  const auto text = summary(run_of({off, excused, flaky, late}), false);
  EXPECT_THAT(text, HasSubstr("off  skipped: no modem here"));
  EXPECT_THAT(text, HasSubstr("quarantine until 2026-12-31: known"));
  EXPECT_THAT(text, HasSubstr("quarantine EXPIRED on 2026-01-31: forgotten"));
  EXPECT_THAT(text, HasSubstr("attempts with this seed: fail (a), pass (b)"));
  EXPECT_THAT(text, HasSubstr("\nflaky: unsteady\nquarantined: excused\nskipped: off\nquarantine expired: late\n"));
}

TEST(Merge, IsOneRunInTheSuitesOrder) {
  auto one = run_of({scenario("b", judge::Verdict::pass), scenario("d", judge::Verdict::threshold)});
  auto two = run_of({scenario("a", judge::Verdict::pass), scenario("c", judge::Verdict::inconclusive)});
  one.part = "1/2";
  two.part = "2/2";
  two.id = "other";
  const auto whole = merge({one, two});
  ASSERT_EQ(whole.scenarios.size(), 4U);
  EXPECT_EQ(whole.scenarios[0].name, "a");
  EXPECT_EQ(whole.scenarios[3].name, "d");
  EXPECT_EQ(whole.exit_code(), 11);
  EXPECT_TRUE(whole.missing_parts.empty());
  EXPECT_THAT(summary(whole, false), HasSubstr("2 pass, 1 threshold, 1 inconclusive"));
}

TEST(Merge, AMissingPartIsNoVerdict) {
  auto one = run_of({scenario("a", judge::Verdict::pass)}), three = run_of({scenario("c", judge::Verdict::pass)});
  one.part = "1/3";
  three.part = "3/3";
  const auto whole = merge({one, three});
  EXPECT_EQ(whole.missing_parts, std::vector<std::string>{"2/3"});
  EXPECT_EQ(whole.exit_code(), 10);
  EXPECT_THAT(summary(whole, false), HasSubstr("missing parts: 2/3"));
}

TEST(Merge, RefusesWhatDoesNotBelongTogether) {
  const auto why = [](const std::vector<RunReport>& reports) -> std::string {
    try {
      (void)merge(reports);
    } catch (const ErrorException& e) {
      return e.what();
    }
    return "accepted";
  };
  auto one = run_of({scenario("a", judge::Verdict::pass)}), two = run_of({scenario("b", judge::Verdict::pass)});
  EXPECT_THAT(why({one, one}), HasSubstr("scenario a is there twice"));
  EXPECT_EQ(why({one, two}), "accepted") << "different suites";
  one.part = "1/2";
  two.part = "2/3";
  EXPECT_THAT(why({one, two}), HasSubstr("parts of 2 and of 3 do not belong together"));
  two.part = "1/2";
  EXPECT_THAT(why({one, two}), HasSubstr("part 1/2 is there twice"));
  EXPECT_THAT(why({}), HasSubstr("nothing to merge"));
}

TEST(Run, AnEmptyPartIsNoFailureButAnEmptyWholeIs) {
  auto empty = run_of({});
  EXPECT_EQ(empty.exit_code(), 5);
  empty.part = "2/2";
  EXPECT_EQ(empty.exit_code(), 0);
  EXPECT_THAT(summary(empty, false), HasSubstr("no scenario falls to part 2/2"));
  auto other = empty;
  other.part = "1/2";
  EXPECT_EQ(merge({empty, other}).exit_code(), 5);
}

}  // namespace
}  // namespace firstlight::reports
