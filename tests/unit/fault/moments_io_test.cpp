// Rules that name a time or an event: windows of scenario time, triggers by the journal's events, and what is scheduled
// to be carried out at a moment.
#include <gmock/gmock.h>

#include "tests/unit/fault/engine_support.hpp"

namespace firstlight::fault {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Rule mqtt_reset() {
  return rule_of("link.mqtt", "reset");
}
bool hit(const Engine& engine, std::uint32_t camera = 1) {
  return strikes(engine, Point::link_mqtt, camera);
}

/// Scenario time is `elapsed` now, and the journal was opened when the scenario began.
void begin(Engine& engine, Duration elapsed = 0s) {
  const auto origin = SteadyClock::now() - elapsed;
  engine.start(origin, origin);
}

TEST(FaultWindow, IsClosedBeforeTheScenarioStarts) {
  const auto engine = engine_of({between(mqtt_reset(), 0s, {})});
  EXPECT_FALSE(hit(*engine));
  EXPECT_FALSE(engine->next_change(engine->rules()[0], 1).has_value());
  begin(*engine);
  EXPECT_TRUE(hit(*engine));
}

TEST(FaultWindow, IsOpenFromItsFirstMomentToBeforeItsLast) {
  const auto engine = engine_of({between(mqtt_reset(), 10s, 1h)});
  begin(*engine, 9s);
  EXPECT_FALSE(hit(*engine));
  begin(*engine, 10s);
  EXPECT_TRUE(hit(*engine));
  begin(*engine, 59min);
  EXPECT_TRUE(hit(*engine));
  begin(*engine, 1h);
  EXPECT_FALSE(hit(*engine));
}

TEST(FaultWindow, TellsItsNextChange) {
  const auto engine = engine_of({between(mqtt_reset(), 10s, 1h)});
  const auto& rule = engine->rules()[0];
  const auto origin = SteadyClock::now();
  engine->start(origin, origin);
  EXPECT_EQ(engine->next_change(rule, 1), origin + 10s);
  const auto earlier = origin - 30s;
  engine->start(earlier, earlier);
  EXPECT_EQ(engine->next_change(rule, 1), earlier + 1h);
  engine->start(origin - 2h, origin - 2h);
  EXPECT_FALSE(engine->next_change(rule, 1).has_value());
}

TEST(FaultWindow, WithoutAnEndNothingChangesAnyMore) {
  const auto engine = engine_of({between(mqtt_reset(), 10s, {})});
  begin(*engine, 11s);
  EXPECT_TRUE(hit(*engine));
  EXPECT_FALSE(engine->next_change(engine->rules()[0], 1).has_value());
}

TEST(FaultWindow, ConsultedAtAnyTimeARuleIsThere) {
  const auto engine = engine_of({between(mqtt_reset(), 1h, {})});
  begin(*engine);
  EXPECT_THAT(engine->consult(Point::link_mqtt, 1, 1), IsEmpty());
  EXPECT_THAT(engine->consult_at_any_time(Point::link_mqtt, 1, 1), SizeIs(1));
}

TEST(FaultTrigger, TheCamerasOwnEventStrikesForItAlone) {
  const auto engine = engine_of({after(mqtt_reset())});
  begin(*engine, 1min);
  EXPECT_FALSE(hit(*engine, 1));
  EXPECT_THAT(engine->observe(online(2, 30s)), SizeIs(1));
  EXPECT_FALSE(hit(*engine, 1));
  EXPECT_TRUE(hit(*engine, 2));
}

TEST(FaultTrigger, AnotherEventDoesNotStrike) {
  const auto engine = engine_of({after(mqtt_reset())});
  begin(*engine, 1min);
  auto other = online(1, 30s);
  other.payload = journal::CameraOffline{};
  (void)engine->observe(other);
  EXPECT_FALSE(hit(*engine, 1));
}

TEST(FaultTrigger, StrikesAfterItsDelayAndAsLongAsItLasts) {
  const auto engine = engine_of({after(mqtt_reset(), 10s, 20s)});
  const auto& rule = engine->rules()[0];
  begin(*engine, 100s);
  (void)engine->observe(online(1, 95s));  // strikes at 105 s
  (void)engine->observe(online(2, 85s));  // at 95 s, until 115 s
  (void)engine->observe(online(3, 65s));  // at 75 s, until 95 s
  EXPECT_FALSE(hit(*engine, 1));
  EXPECT_TRUE(hit(*engine, 2));
  EXPECT_FALSE(hit(*engine, 3));
  EXPECT_TRUE(engine->next_change(rule, 1).has_value());
  EXPECT_TRUE(engine->next_change(rule, 2).has_value());
  EXPECT_FALSE(engine->next_change(rule, 3).has_value());
  EXPECT_FALSE(engine->next_change(rule, 4).has_value());
}

TEST(FaultTrigger, TellsWhenARuleByAttemptBegins) {
  const auto engine = engine_of({after(mqtt_reset(), 10s, 20s)});
  const auto epoch = SteadyClock::now();
  engine->start(epoch, epoch);
  const auto due = engine->observe(online(2, 5s));
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].camera, 2U);
  EXPECT_EQ(due[0].at, epoch + 15s);
  EXPECT_FALSE(due[0].rule->scheduled());
  EXPECT_THAT(engine->observe(online(2, 6s)), IsEmpty()) << "it has struck";
}

TEST(FaultTrigger, TheFirstEventCounts) {
  const auto engine = engine_of({after(mqtt_reset(), 0s, 10s)});
  begin(*engine, 100s);
  (void)engine->observe(online(1, 50s));
  (void)engine->observe(online(1, 99s));
  EXPECT_FALSE(hit(*engine, 1));
}

TEST(FaultTrigger, CamerasThatTheRuleDoesNotMeanTriggerNothing) {
  auto rule = after(rule_of("camera", "power-cut", {{"off_for", "1s"}}));
  rule.cameras = {false, true, false, false, false, false};
  const auto engine = engine_of({rule});
  begin(*engine, 1min);
  EXPECT_THAT(engine->observe(online(2, 1s)), IsEmpty());
  EXPECT_THAT(engine->observe(online(0, 1s)), IsEmpty());
  EXPECT_THAT(engine->observe(online(99, 1s)), IsEmpty());
  EXPECT_THAT(engine->observe(online(1, 1s)), SizeIs(1));
}

TEST(FaultSchedule, TheTimetableHasEveryCameraOnceAtTheWindowsBeginning) {
  auto rule = between(rule_of("camera", "clock-jump", {{"by", "1h"}}), 5s, {});
  ASSERT_TRUE(rule.scheduled());
  rule.cameras = {false, true, true, false, true, false};
  const auto engine = engine_of({rule});
  const auto origin = SteadyClock::now();
  engine->start(origin, origin);
  const auto due = engine->timetable();
  ASSERT_THAT(due, SizeIs(3));
  EXPECT_EQ(due[0].camera, 1U);
  EXPECT_EQ(due[1].camera, 2U);
  EXPECT_EQ(due[2].camera, 4U);
  for (const auto& one : due) {
    EXPECT_EQ(one.at, origin + 5s);
    EXPECT_EQ(one.rule->effect->name, "clock-jump");
  }
}

TEST(FaultSchedule, WhatHappensToTheBrokerHappensOnce) {
  const auto engine = engine_of({between(rule_of("broker", "kill"), 5s, {})});
  begin(*engine);
  const auto due = engine->timetable();
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].camera, 0U);
}

TEST(FaultSchedule, APortClosesOnceForAllCameras) {
  const auto engine = engine_of({between(rule_of("link", "refuse"), 5s, 6s)});
  begin(*engine);
  const auto due = engine->timetable();
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].camera, 0U);
}

TEST(FaultSchedule, APortOfSomeCamerasClosesForEach) {
  auto rule = between(rule_of("link", "refuse"), 5s, 6s);
  rule.cameras = {false, false, true, false, true, false};
  const auto engine = engine_of({rule});
  begin(*engine);
  const auto due = engine->timetable();
  ASSERT_THAT(due, SizeIs(2));
  EXPECT_EQ(due[0].camera, 2U);
  EXPECT_EQ(due[1].camera, 4U);
}

TEST(FaultSchedule, ProbabilityDecidesOnceForTheLab) {
  for (const auto& [point, effect] : {std::pair<std::string, std::string>{"broker", "kill"}, {"link.mqtt", "refuse"}}) {
    auto rule = between(rule_of(point, effect), 1s, 2s);
    rule.probability = 0.5;
    std::size_t times = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const auto engine = engine_of({rule}, seed);
      begin(*engine);
      const auto due = engine->timetable();
      EXPECT_EQ(engine->timetable().size(), due.size());
      times += due.size();
    }
    EXPECT_GT(times, 60U) << effect;
    EXPECT_LT(times, 140U) << effect;
  }
}

TEST(FaultSchedule, TheFirstEventOfAnybodyStrikesTheBroker) {
  const auto engine = engine_of({after(rule_of("broker", "kill"), 5s)});
  const auto epoch = SteadyClock::now();
  engine->start(epoch, epoch);
  const auto due = engine->observe(online(3, 2s));
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].camera, 0U);
  EXPECT_EQ(due[0].at, epoch + 7s);
  EXPECT_THAT(engine->observe(online(4, 3s)), IsEmpty());
}

TEST(FaultSchedule, AnEffectThatCanBeEitherIsByAttemptUntilARuleNamesAMoment) {
  const auto plain = rule_of("camera", "power-cut", {{"off_for", "1s"}});
  ASSERT_EQ(plain.effect->moment, Moment::either);
  EXPECT_FALSE(plain.scheduled());
  EXPECT_TRUE(engine_of({plain})->watches(Point::camera));
  for (const auto& named : {between(plain, 1s, {}), after(plain)}) {
    EXPECT_TRUE(named.scheduled());
    const auto engine = engine_of({named});
    begin(*engine, 1min);
    EXPECT_FALSE(engine->watches(Point::camera)) << "it is carried out, not consulted";
  }
}

TEST(FaultSchedule, ProbabilityDecidesForEachCamera) {
  auto rule = between(rule_of("camera", "clock-jump", {{"by", "1h"}}), 0s, {});
  rule.probability = 0.5;
  Engine engine(1, "test", 1000, {rule});
  begin(engine);
  const auto due = engine.timetable();
  EXPECT_GT(due.size(), 400U);
  EXPECT_LT(due.size(), 600U);
  Engine again(1, "test", 1000, {rule});
  begin(again);
  const auto same = again.timetable();
  ASSERT_EQ(same.size(), due.size());
  for (std::size_t i = 0; i < due.size(); ++i) EXPECT_EQ(same[i].camera, due[i].camera);
}

}  // namespace
}  // namespace firstlight::fault
