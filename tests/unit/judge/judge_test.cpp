#include "tests/unit/judge/story.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using journal::Stage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kMs = 1'000'000;

int code_of(const Outcome& o, bool interrupted = false) {
  const std::vector<Verdict> verdicts{o.verdict};
  RunFacts facts;
  facts.interrupted = interrupted;
  return exit_code(verdicts, facts);
}

std::string online(const std::string& within) {
  return "online: {cameras: all, within: " + within + "}";
}
std::string total(const std::string& limit) {
  return "latency: {stage: total, " + limit + "}";
}
constexpr const char* kOnlineAtTheEnd = "online: {cameras: all}";

TEST(Judge, PassesWhatHappenedAsExpected) {
  Story story;
  story.good(1, 0, 100).good(2, 10, 400).end(410, "settled");
  const auto o = judge(
      scenario(2, {online("1s"), total("p99: < 500ms"), "attempts: {stage: mqtt_connect, at_most: 1, at_least: 1}"}), 9,
      story.events, "");
  EXPECT_EQ(o.verdict, Verdict::pass);
  EXPECT_EQ(o.online, 2U);
  EXPECT_EQ(o.checks[0].observed, "2 of 2 cameras online, the last after 0.400 s");
  EXPECT_EQ(o.checks[1].observed, "p99 390.0 ms over 2 samples");
  EXPECT_THAT(o.timeline, IsEmpty());
  EXPECT_EQ(o.repro, "./firstlight run x.yaml --seed 9");
}

TEST(Judge, ACameraOnlineTooLateFailsAndIsNamed) {
  Story story;
  story.good(1, 0, 100).good(2, 0, 1100).end(1200, "settled");
  const auto o = judge(scenario(2, {online("1s")}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(o.timeline_camera, 2U);
  EXPECT_EQ(o.timeline.size(), 4U);
  EXPECT_EQ(o.online, 2U) << "at the end it was online";
}

TEST(Judge, OnlineCountsCamerasThatAreOnlineAtTheSameTime) {
  Story story;
  story.good(1, 0, 100)
      .add(150, 1, journal::CameraOffline{"connection-closed", ""})
      .good(2, 0, 200)
      .end(300, "run_for");
  const auto o = judge(scenario(2, {online("1s")}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].observed, HasSubstr("1 of 2 cameras online"));
}

TEST(Judge, OnlineCountsFromTheScenariosStartNotFromTheJournals) {
  Story story;  // the lab took three seconds
  story.good(1, 3000, 3100).good(2, 3010, 3900).end(4000, "settled");
  const auto o = judge(scenario(2, {online("1s")}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::pass);
  EXPECT_EQ(o.checks[0].observed, "2 of 2 cameras online, the last after 0.900 s");
  EXPECT_EQ(judge(scenario(2, {online("500ms")}), 1, story.events, "").verdict, Verdict::fail);
}

TEST(Judge, OnlineWithoutLimitIsAboutTheEnd) {
  Story story;
  story.good(1, 0, 100).add(150, 1, journal::CameraOffline{"connection-closed", ""}).end(300, "run_for");
  EXPECT_EQ(judge(scenario(1, {kOnlineAtTheEnd}), 1, story.events, "").verdict, Verdict::fail);
}

TEST(Judge, ABreachedLatencyIsAThresholdNotAFailure) {
  Story story;
  story.good(1, 0, 100).good(2, 0, 900).end(1000, "settled");
  const auto o = judge(scenario(2, {total("max: < 900ms")}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::threshold) << "the limit itself is a breach: it is written with <";
  EXPECT_THAT(o.checks[0].observed, HasSubstr("limit 900ms"));
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(code_of(o), 11);
}

TEST(Judge, LatencyCountsFromTheScheduledStart) {
  Story story;
  story.add(500, 1, journal::PowerOn{100 * kMs, 1}).add(600, 1, journal::CameraOnline{}).end(700, "settled");
  const auto o = judge(scenario(1, {total("p50: < 400ms")}), 1, story.events, "");
  EXPECT_EQ(o.measured.total.max(), 500'000);
  EXPECT_EQ(o.measured.total_from_power_on.max(), 100'000);
  EXPECT_EQ(o.measured.generator_lag.max(), 400'000);
  EXPECT_EQ(o.verdict, Verdict::threshold);
}

TEST(Judge, AnythingWithoutAnythingToLookAtIsInconclusive) {
  Story story;
  story.add(0, 1, journal::PowerOn{})
      .add(5, 1, journal::CameraGaveUp{Stage::endorse, "connect-refused", ""})
      .end(10, "settled");
  const auto o = judge(scenario(1, {total("p50: < 1s"), "attempts: {stage: status, at_most: 3}"}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(o.checks[1].verdict, Verdict::inconclusive);
  EXPECT_EQ(code_of(o), 12);
}

TEST(Judge, AMissedBoundIsMissedHoweverTheRunEnded) {
  Story story;
  story.good(1, 0, 100).good(2, 0, 30'000).end(60'000, "interrupted");
  EXPECT_EQ(judge(scenario(2, {online("5s")}), 1, story.events, "").checks[0].verdict, Verdict::fail);
  EXPECT_EQ(judge(scenario(2, {online("10s")}), 1, story.events, "").checks[0].verdict, Verdict::fail);
  Story early;
  early.good(1, 0, 100).end(4000, "interrupted");
  EXPECT_EQ(judge(scenario(2, {online("5s")}), 1, early.events, "").checks[0].verdict, Verdict::inconclusive);
  Story never_begun;
  never_begun.end(9000, "infra", "the lab did not start");
  EXPECT_EQ(judge(scenario(2, {online("5s")}), 1, never_begun.events, "").checks[0].verdict, Verdict::inconclusive);
}

TEST(Judge, OfARunThatWasCutShortOnlyTheMaximumIsABreach) {
  Story story;
  story.good(1, 0, 3000).end(4000, "interrupted");
  const auto breached = [&](const std::string& quantile) {
    return judge(scenario(50, {total(quantile + ": < 2s")}), 1, story.events, "").checks[0].verdict;
  };
  EXPECT_EQ(breached("p50"), Verdict::inconclusive) << "49 faster cameras might have come yet";
  EXPECT_EQ(breached("max"), Verdict::threshold);
}

TEST(Judge, ABootEndsTheGivingUp) {
  Story story;
  story.good(1, 0, 100).add(0, 2, journal::PowerOn{0, 1}).add(1, 2, journal::StageStarted{Stage::config, 1});
  story.add(2, 2, journal::CameraGaveUp{Stage::config, "http-status", ""});
  auto whole = story;
  whole.add(10, 2, journal::PowerOn{10 * kMs, 2}).end(60'000, "timeout");
  const auto o = judge(scenario(2, {kOnlineAtTheEnd}), 1, whole.events, "");
  const auto& check = o.checks.back();
  EXPECT_THAT(check.observed, HasSubstr("1 at power-on"));
  EXPECT_THAT(check.cameras, ElementsAre(2));
  EXPECT_EQ(o.timeline_camera, 2U);
  EXPECT_THAT(o.timeline.back(), HasSubstr("boot 2"));
}

TEST(Judge, ATimeoutWithoutACameraThatWaitsSaysWhy) {
  Story all;
  all.good(1, 0, 100).end(60'000, "timeout");
  EXPECT_THAT(judge(scenario(1, {kOnlineAtTheEnd}), 1, all.events, "").checks.back().observed,
              HasSubstr("every camera is online, so a fault was still to come"));
  Story gone;
  gone.add(0, 1, journal::PowerOn{0, 1}).add(2, 1, journal::CameraGaveUp{Stage::config, "http-status", ""});
  const auto o =
      judge(scenario(1, {"attempts: {stage: attach, at_least: 1}"}), 1, gone.end(60'000, "timeout").events, "");
  EXPECT_THAT(o.checks.back().cameras, ElementsAre(1));
}

TEST(Judge, AttemptsAreCountedPerCamera) {
  Story story;
  story.good(1, 0, 100).good(2, 0, 100);
  story.add(200, 2, journal::StageStarted{Stage::mqtt_connect, 2}).end(300, "settled");
  const auto o = judge(scenario(2, {"attempts: {stage: mqtt_connect, at_most: 1}"}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(o.checks[0].observed, "1 to 2 attempts of mqtt_connect a camera");
}

TEST(Judge, ATimeoutNamesTheStages) {
  Story story;
  story.good(1, 0, 100)
      .add(0, 2, journal::PowerOn{})
      .add(1, 2, journal::StageStarted{Stage::config, 1})
      .end(60'000, "timeout");
  const auto o = judge(scenario(3, {"attempts: {stage: mqtt_connect, at_most: 1}"}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  const auto& check = o.checks.back();
  EXPECT_EQ(check.expect, "timeout: 1m");
  EXPECT_THAT(check.observed, HasSubstr("1 at config, 1 not powered on yet"));
  EXPECT_THAT(check.cameras, ElementsAre(2, 3));
}

TEST(Judge, TheLabsTroubleIsNeverTheCameras) {
  Story story;
  story.add(0, 1, journal::PowerOn{}).end(10, "infra", "Mosquitto ended by itself");
  const auto o = judge(scenario(1, {online("1s")}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::infra);
  EXPECT_EQ(o.checks[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(o.checks[1].observed, "Mosquitto ended by itself");
  EXPECT_EQ(code_of(o), 10);
}

TEST(Judge, AnInterruptedRunKeepsWhatWasProved) {
  Story story;
  story.good(1, 0, 100).end(200, "interrupted", "SIGINT");
  const auto o =
      judge(scenario(1, {online("1s"), "attempts: {stage: mqtt_connect, at_least: 2}"}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::pass);
  EXPECT_EQ(o.checks[1].verdict, Verdict::inconclusive) << "the second attempt might have come yet";
  EXPECT_EQ(code_of(o, true), 2);
}

TEST(Judge, TooManyAttemptsAreTooManyHoweverTheRunEnded) {
  Story story;
  story.good(1, 0, 100).add(200, 1, journal::StageStarted{Stage::mqtt_connect, 2}).end(300, "interrupted");
  const auto o = judge(scenario(1, {"attempts: {stage: mqtt_connect, at_most: 1}"}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::fail);
}

TEST(Judge, AJournalWithoutAnEndIsInfra) {
  Story story;
  story.good(1, 0, 100);
  EXPECT_EQ(judge(scenario(1, {online("1s")}), 1, story.events, "").verdict, Verdict::infra);
}

TEST(Judge, WhatTheTeardownDoesToCamerasIsNotTheirs) {
  Story story;
  story.good(1, 0, 100).end(200, "settled").add(210, 1, journal::CameraOffline{"cancelled", ""});
  const auto o = judge(scenario(1, {kOnlineAtTheEnd}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::pass);
  EXPECT_EQ(o.online, 1U);
}

TEST(Samples, PercentilesAreByNearestRank) {
  Samples s;
  EXPECT_EQ(s.percentile(50), 0);
  for (int i = 100; i >= 1; --i) s.add(i);
  EXPECT_EQ(s.percentile(50), 50);
  EXPECT_EQ(s.percentile(99), 99);
  EXPECT_EQ(s.max(), 100);
  Samples one;
  one.add(7);
  EXPECT_EQ(one.percentile(50), 7);
  EXPECT_EQ(one.percentile(99), 7);
}

}  // namespace
}  // namespace firstlight::judge
