#include <gmock/gmock.h>

#include "judge/verdict.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using journal::Event;
using journal::Source;
using journal::Stage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr std::int64_t kMs = 1'000'000;

/// A journal in the making: events in order, times in milliseconds.
struct Script {
  std::vector<Event> events;
  Script& add(std::int64_t ms, std::uint32_t camera, journal::Payload p, Source source = Source::camera) {
    events.push_back(Event{ms * kMs, 0, static_cast<std::uint32_t>(events.size()), source, camera, "", std::move(p)});
    return *this;
  }
  /// A camera that is switched on at `on` and online at `online`, with one try of every stage it needs here.
  Script& good(std::uint32_t camera, std::int64_t on, std::int64_t online) {
    add(on, camera, journal::PowerOn{on * kMs, 1});
    add(on, camera, journal::StageStarted{Stage::mqtt_connect, 1});
    add(online, camera, journal::StageEnded{Stage::mqtt_connect, 1, true, "", "", (online - on) * 1000, 0, 0, 0});
    return add(online, camera, journal::CameraOnline{false, "7C"});
  }
  Script& end(std::int64_t ms, const std::string& reason, const std::string& detail = "") {
    return add(ms, 0, journal::RunEnded{reason, detail}, Source::run);
  }
};

Scenario scenario(std::uint32_t cameras, std::vector<decltype(Expectation::check)> checks) {
  Scenario s;
  s.name = "x";
  s.file = "x.yaml";
  s.timeout = 60s;
  s.cameras.count = cameras;
  for (auto& c : checks) s.expect.push_back({{7, 3}, std::move(c)});
  return s;
}

int code_of(const Outcome& o, bool interrupted = false) {
  const std::vector<Verdict> verdicts{o.verdict};
  RunFacts facts;
  facts.interrupted = interrupted;
  return exit_code(verdicts, facts);
}

ExpectOnline online(Duration within) {
  return {CameraSet{}, within};
}
ExpectLatency total(Quantile q, Duration below) {
  return {std::nullopt, {{q, below}}};
}

TEST(Judge, PassesWhatHappenedAsExpected) {
  Script story;
  story.good(1, 0, 100).good(2, 10, 400).end(410, "settled");
  const auto o =
      judge(scenario(2, {online(1s), total(Quantile::p99, 500ms), ExpectAttempts{Stage::mqtt_connect, 1U, 1U}}), 9,
            story.events, "");
  EXPECT_EQ(o.verdict, Verdict::pass);
  EXPECT_EQ(o.online, 2U);
  EXPECT_EQ(o.checks[0].observed, "2 of 2 cameras online, the last after 0.400 s");
  EXPECT_EQ(o.checks[1].observed, "p99 390.0 ms over 2 samples");
  EXPECT_THAT(o.timeline, IsEmpty());
  EXPECT_EQ(o.repro, "./firstlight run x.yaml --seed 9");
}

TEST(Judge, ACameraOnlineTooLateFailsAndIsNamed) {
  Script story;
  story.good(1, 0, 100).good(2, 0, 1100).end(1200, "settled");
  const auto o = judge(scenario(2, {online(1s)}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(o.timeline_camera, 2U);
  EXPECT_EQ(o.timeline.size(), 4U);
  EXPECT_EQ(o.online, 2U) << "at the end it was online";
}

TEST(Judge, OnlineCountsCamerasThatAreOnlineAtTheSameTime) {
  Script story;
  story.good(1, 0, 100)
      .add(150, 1, journal::CameraOffline{"connection-closed", ""})
      .good(2, 0, 200)
      .end(300, "run_for");
  const auto o = judge(scenario(2, {online(1s)}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].observed, HasSubstr("1 of 2 cameras online"));
}

TEST(Judge, OnlineCountsFromTheScenariosStartNotFromTheJournals) {
  Script story;  // the lab took three seconds
  story.good(1, 3000, 3100).good(2, 3010, 3900).end(4000, "settled");
  const auto o = judge(scenario(2, {online(1s)}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::pass);
  EXPECT_EQ(o.checks[0].observed, "2 of 2 cameras online, the last after 0.900 s");
  EXPECT_EQ(judge(scenario(2, {online(500ms)}), 1, story.events, "").verdict, Verdict::fail);
}

TEST(Judge, OnlineWithoutLimitIsAboutTheEnd) {
  Script story;
  story.good(1, 0, 100).add(150, 1, journal::CameraOffline{"connection-closed", ""}).end(300, "run_for");
  EXPECT_EQ(judge(scenario(1, {ExpectOnline{}}), 1, story.events, "").verdict, Verdict::fail);
}

TEST(Judge, ABreachedLatencyIsAThresholdNotAFailure) {
  Script story;
  story.good(1, 0, 100).good(2, 0, 900).end(1000, "settled");
  const auto o = judge(scenario(2, {total(Quantile::max, 900ms)}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::threshold) << "the limit itself is a breach: it is written with <";
  EXPECT_THAT(o.checks[0].observed, HasSubstr("limit 900ms"));
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(code_of(o), 11);
}

TEST(Judge, LatencyCountsFromTheScheduledStart) {
  Script story;
  story.add(500, 1, journal::PowerOn{100 * kMs, 1}).add(600, 1, journal::CameraOnline{}).end(700, "settled");
  const auto o = judge(scenario(1, {total(Quantile::p50, 400ms)}), 1, story.events, "");
  EXPECT_EQ(o.measured.total.max(), 500'000);
  EXPECT_EQ(o.measured.total_from_power_on.max(), 100'000);
  EXPECT_EQ(o.measured.generator_lag.max(), 400'000);
  EXPECT_EQ(o.verdict, Verdict::threshold);
}

TEST(Judge, AnythingWithoutAnythingToLookAtIsInconclusive) {
  Script story;
  story.add(0, 1, journal::PowerOn{})
      .add(5, 1, journal::CameraGaveUp{Stage::endorse, "connect-refused", ""})
      .end(10, "settled");
  const auto o =
      judge(scenario(1, {total(Quantile::p50, 1s), ExpectAttempts{Stage::status, 3U, {}}}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(o.checks[1].verdict, Verdict::inconclusive);
  EXPECT_EQ(code_of(o), 12);
}

TEST(Judge, AMissedBoundIsMissedHoweverTheRunEnded) {
  Script story;
  story.good(1, 0, 100).good(2, 0, 30'000).end(60'000, "interrupted");
  EXPECT_EQ(judge(scenario(2, {online(5s)}), 1, story.events, "").checks[0].verdict, Verdict::fail);
  EXPECT_EQ(judge(scenario(2, {online(10s)}), 1, story.events, "").checks[0].verdict, Verdict::fail);
  Script early;
  early.good(1, 0, 100).end(4000, "interrupted");
  EXPECT_EQ(judge(scenario(2, {online(5s)}), 1, early.events, "").checks[0].verdict, Verdict::inconclusive);
  Script never_begun;
  never_begun.end(9000, "infra", "the lab did not start");
  EXPECT_EQ(judge(scenario(2, {online(5s)}), 1, never_begun.events, "").checks[0].verdict, Verdict::inconclusive);
}

TEST(Judge, OfARunThatWasCutShortOnlyTheMaximumIsABreach) {
  Script story;
  story.good(1, 0, 3000).end(4000, "interrupted");
  const auto breached = [&](Quantile q) {
    return judge(scenario(50, {total(q, 2s)}), 1, story.events, "").checks[0].verdict;
  };
  EXPECT_EQ(breached(Quantile::p50), Verdict::inconclusive) << "49 faster cameras might have come yet";
  EXPECT_EQ(breached(Quantile::max), Verdict::threshold);
}

TEST(Judge, ABootEndsTheGivingUp) {
  Script story;
  story.good(1, 0, 100).add(0, 2, journal::PowerOn{0, 1}).add(1, 2, journal::StageStarted{Stage::config, 1});
  story.add(2, 2, journal::CameraGaveUp{Stage::config, "http-status", ""});
  auto whole = story;
  whole.add(10, 2, journal::PowerOn{10 * kMs, 2}).end(60'000, "timeout");
  const auto o = judge(scenario(2, {ExpectOnline{}}), 1, whole.events, "");
  const auto& check = o.checks.back();
  EXPECT_THAT(check.observed, HasSubstr("1 at power-on"));
  EXPECT_THAT(check.cameras, ElementsAre(2));
  EXPECT_EQ(o.timeline_camera, 2U);
  EXPECT_THAT(o.timeline.back(), HasSubstr("boot 2"));
}

TEST(Judge, ATimeoutWithoutACameraThatWaitsSaysWhy) {
  Script all;
  all.good(1, 0, 100).end(60'000, "timeout");
  EXPECT_THAT(judge(scenario(1, {ExpectOnline{}}), 1, all.events, "").checks.back().observed,
              HasSubstr("every camera is online, so a fault was still to come"));
  Script gone;
  gone.add(0, 1, journal::PowerOn{0, 1}).add(2, 1, journal::CameraGaveUp{Stage::config, "http-status", ""});
  const auto o = judge(scenario(1, {ExpectAttempts{Stage::attach, {}, 1U}}), 1, gone.end(60'000, "timeout").events, "");
  EXPECT_THAT(o.checks.back().cameras, ElementsAre(1));
}

TEST(Judge, AttemptsAreCountedPerCamera) {
  Script story;
  story.good(1, 0, 100).good(2, 0, 100);
  story.add(200, 2, journal::StageStarted{Stage::mqtt_connect, 2}).end(300, "settled");
  const auto o = judge(scenario(2, {ExpectAttempts{Stage::mqtt_connect, 1U, {}}}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  EXPECT_THAT(o.checks[0].cameras, ElementsAre(2));
  EXPECT_EQ(o.checks[0].observed, "1 to 2 attempts of mqtt_connect a camera");
}

TEST(Judge, ATimeoutNamesTheStages) {
  Script story;
  story.good(1, 0, 100)
      .add(0, 2, journal::PowerOn{})
      .add(1, 2, journal::StageStarted{Stage::config, 1})
      .end(60'000, "timeout");
  const auto o = judge(scenario(3, {ExpectAttempts{Stage::mqtt_connect, 1U, {}}}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::fail);
  const auto& check = o.checks.back();
  EXPECT_EQ(check.expect, "timeout: 1m");
  EXPECT_THAT(check.observed, HasSubstr("1 at config, 1 not powered on yet"));
  EXPECT_THAT(check.cameras, ElementsAre(2, 3));
}

TEST(Judge, TheLabsTroubleIsNeverTheCameras) {
  Script story;
  story.add(0, 1, journal::PowerOn{}).end(10, "infra", "Mosquitto ended by itself");
  const auto o = judge(scenario(1, {online(1s)}), 1, story.events, "");
  EXPECT_EQ(o.verdict, Verdict::infra);
  EXPECT_EQ(o.checks[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(o.checks[1].observed, "Mosquitto ended by itself");
  EXPECT_EQ(code_of(o), 10);
}

TEST(Judge, AnInterruptedRunKeepsWhatWasProved) {
  Script story;
  story.good(1, 0, 100).end(200, "interrupted", "SIGINT");
  const auto o = judge(scenario(1, {online(1s), ExpectAttempts{Stage::mqtt_connect, {}, 2U}}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::pass);
  EXPECT_EQ(o.checks[1].verdict, Verdict::inconclusive) << "the second attempt might have come yet";
  EXPECT_EQ(code_of(o, true), 2);
}

TEST(Judge, TooManyAttemptsAreTooManyHoweverTheRunEnded) {
  Script story;
  story.good(1, 0, 100).add(200, 1, journal::StageStarted{Stage::mqtt_connect, 2}).end(300, "interrupted");
  const auto o = judge(scenario(1, {ExpectAttempts{Stage::mqtt_connect, 1U, {}}}), 1, story.events, "");
  EXPECT_EQ(o.checks[0].verdict, Verdict::fail);
}

TEST(Judge, AJournalWithoutAnEndIsInfra) {
  Script story;
  story.good(1, 0, 100);
  EXPECT_EQ(judge(scenario(1, {online(1s)}), 1, story.events, "").verdict, Verdict::infra);
}

TEST(Judge, WhatTheTeardownDoesToCamerasIsNotTheirs) {
  Script story;
  story.good(1, 0, 100).end(200, "settled").add(210, 1, journal::CameraOffline{"cancelled", ""});
  const auto o = judge(scenario(1, {ExpectOnline{}}), 1, story.events, "");
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
