// Rules by attempt: which attempts, which cameras, at which points, with which probability; and what an engine without
// rules says.
#include <gmock/gmock.h>

#include <set>

#include "fault/plans.hpp"
#include "tests/unit/fault/engine_support.hpp"

namespace firstlight::fault {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Rule reset(Attempts attempts = {}) {
  return rule_of("link.endorse", "reset", {}, attempts);
}

TEST(FaultAttempts, ARangeHasAFirstALastAndAStride) {
  const auto hit = [](Attempts attempts) { return struck(*engine_of({reset(attempts)}), Point::link_endorse, 1); };
  EXPECT_THAT(hit({}), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(hit({1, 1, 1}), ElementsAre(1));
  EXPECT_THAT(hit({3, 5, 1}), ElementsAre(3, 4, 5));
  EXPECT_THAT(hit({2, UINT32_MAX, 3}), ElementsAre(2, 5, 8));
  EXPECT_THAT(hit({2, 7, 3}), ElementsAre(2, 5));
}

TEST(FaultAttempts, AnEngineWithoutRulesWatchesNothing) {
  const Engine none;
  for (std::size_t p = 0; p < kPointCount; ++p) {
    EXPECT_FALSE(none.watches(static_cast<Point>(p)));
    EXPECT_THAT(none.consult(static_cast<Point>(p), 1, 1), IsEmpty());
  }
}

TEST(FaultAttempts, ARuleIsWatchedForAtItsOwnPointsAlone) {
  const auto one = engine_of({reset()});
  for (std::size_t p = 0; p < kPointCount; ++p)
    EXPECT_EQ(one->watches(static_cast<Point>(p)), static_cast<Point>(p) == Point::link_endorse) << p;
  const auto every = engine_of({rule_of("link", "reset")});
  for (const auto point : {Point::link_endorse, Point::link_keys, Point::link_config_api, Point::link_mqtt}) {
    const auto injections = every->consult(point, 1, 1);
    ASSERT_EQ(injections.size(), 1U);
    EXPECT_EQ(injections.front().point(), point);
  }
  EXPECT_FALSE(every->watches(Point::tls_endorse));
}

TEST(FaultAttempts, OnlyTheRulesCamerasAreHit) {
  auto some = reset();
  some.cameras = {false, true, false, true, false, false};
  const auto engine = engine_of({some});
  EXPECT_TRUE(strikes(*engine, Point::link_endorse, 1));
  EXPECT_FALSE(strikes(*engine, Point::link_endorse, 2));
  EXPECT_TRUE(strikes(*engine, Point::link_endorse, 3));
  EXPECT_FALSE(strikes(*engine, Point::link_endorse, 0)) << "a peer that is none of the scenario's cameras";
  EXPECT_FALSE(strikes(*engine, Point::link_endorse, 99));
}

TEST(FaultAttempts, ARuleForAllMeansStrangersToo) {
  auto all = reset();
  all.cameras.assign(kCameras + 1, true);
  const auto engine = engine_of({all});
  EXPECT_TRUE(strikes(*engine, Point::link_endorse, 0));
  EXPECT_TRUE(strikes(*engine, Point::link_endorse, 5));
  EXPECT_TRUE(strikes(*engine, Point::link_endorse, 99));
}

TEST(FaultAttempts, EachCameraCountsItsAttemptsAtEachPoint) {
  AttemptCounter counter;
  EXPECT_EQ(counter.next(Point::link_mqtt, 1), 1U);
  EXPECT_EQ(counter.next(Point::link_mqtt, 1), 2U);
  EXPECT_EQ(counter.next(Point::link_mqtt, 2), 1U);
  EXPECT_EQ(counter.next(Point::tls_mqtt, 1), 1U);
  EXPECT_EQ(counter.next(Point::link_mqtt, 1), 3U);
}

Rule likely(double probability, std::string id = "r") {
  auto rule = reset();
  rule.id = std::move(id);
  rule.probability = probability;
  return rule;
}
std::set<std::pair<std::uint32_t, std::uint32_t>> drawn(const Engine& engine, Point point = Point::link_endorse) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> hit;
  for (std::uint32_t camera = 1; camera <= 100; ++camera)
    for (const auto n : struck(engine, point, camera, 20)) hit.emplace(camera, n);
  return hit;
}

TEST(FaultProbability, TheSameSeedDrawsTheSameAndInAnyOrder) {
  const auto once = engine_of({likely(0.3)}), again = engine_of({likely(0.3)});
  const auto hit = drawn(*once);
  EXPECT_EQ(hit, drawn(*again));
  EXPECT_EQ(hit, drawn(*once)) << "asking changes nothing";
  EXPECT_EQ(strikes(*again, Point::link_endorse, 77, 9), hit.contains({77, 9}));
}

TEST(FaultProbability, SeedScenarioRuleAndPointEachDrawAnew) {
  const auto hit = drawn(*engine_of({likely(0.3)}));
  EXPECT_NE(hit, drawn(*engine_of({likely(0.3)}, 2)));
  EXPECT_NE(hit, drawn(*engine_of({likely(0.3)}, 1, "another")));
  EXPECT_NE(hit, drawn(*engine_of({likely(0.3, "another")})));
  auto elsewhere = likely(0.3);
  elsewhere.points = {Point::link_mqtt};
  EXPECT_NE(hit, drawn(*engine_of({elsewhere}), Point::link_mqtt));
}

TEST(FaultProbability, AsManyAreHitAsItSays) {
  // 2000 draws: the bounds are more than five standard deviations away.
  const auto hit = drawn(*engine_of({likely(0.3)})).size();
  EXPECT_GT(hit, 490U);
  EXPECT_LT(hit, 710U);
  EXPECT_EQ(drawn(*engine_of({likely(0)})).size(), 0U);
  EXPECT_EQ(drawn(*engine_of({likely(1)})).size(), 2000U);
}

TEST(FaultProbability, AnotherRuleInFrontChangesNoDraw) {
  const auto alone = drawn(*engine_of({likely(0.3, "second")}));
  auto first = likely(0.5, "first");
  const auto both = engine_of({first, likely(0.3, "second")});
  std::set<std::pair<std::uint32_t, std::uint32_t>> second;
  for (std::uint32_t camera = 1; camera <= 100; ++camera)
    for (std::uint32_t n = 1; n <= 20; ++n)
      for (const auto& injection : both->consult(Point::link_endorse, camera, n))
        if (injection.rule().id == "second") second.emplace(camera, n);
  EXPECT_EQ(alone, second);
}

TEST(FaultProbability, AShotHasAStreamOfItsOwn) {
  const auto engine = engine_of({reset()}), again = engine_of({reset()});
  const auto first = [](const Engine& e, std::uint32_t camera, std::uint32_t attempt) {
    return e.random(e.consult(Point::link_endorse, camera, attempt).at(0)).next_bits();
  };
  EXPECT_EQ(first(*engine, 1, 1), first(*again, 1, 1));
  EXPECT_NE(first(*engine, 1, 1), first(*engine, 1, 2));
  EXPECT_NE(first(*engine, 1, 1), first(*engine, 2, 1));
}

TEST(FaultEdit, EffectsAreAppliedInTheScenariosOrder) {
  const auto engine = engine_of(
      {rule_of("endorse.http", "delay", {{"by", "2s"}}), rule_of("endorse.http", "delay", {{"by", "500ms"}}),
       rule_of("endorse.http", "status", {{"code", "500"}}), rule_of("endorse.http", "status", {{"code", "503"}})});
  HttpPlan plan;
  const auto injections = engine->edit(plan, Point::endorse_http, 1, 1);
  EXPECT_EQ(injections.size(), 4U);
  EXPECT_EQ(plan.delay, 2500ms);
  ASSERT_TRUE(plan.instead);
  EXPECT_EQ(plan.instead->status, 503U);
}

TEST(FaultShot, FiresOnceAndSaysWhatItIs) {
  const auto engine = engine_of({reset()});
  Notebook notebook;
  auto injection = engine->consult(Point::link_endorse, 3, 7).at(0);
  EXPECT_FALSE(injection.has_fired());
  injection.fired(notebook.lane, journal::Source::endorse, "127.16.0.3", "at once");
  injection.fired(notebook.lane, journal::Source::endorse, "127.16.0.3", "again");
  EXPECT_TRUE(injection.has_fired());
  const auto events = notebook.read();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].camera, 3U);
  EXPECT_EQ(events[0].peer, "127.16.0.3");
  EXPECT_EQ(events[0].source, journal::Source::endorse);
  const auto& fired = std::get<journal::FaultFired>(events[0].payload);
  EXPECT_EQ(fired.rule, "reset");
  EXPECT_EQ(fired.point, "link.endorse");
  EXPECT_EQ(fired.effect, "reset");
  EXPECT_EQ(fired.attempt, 7U);
  EXPECT_EQ(fired.detail, "at once");
}

}  // namespace
}  // namespace firstlight::fault
