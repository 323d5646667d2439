// What happens at a moment, with a clock that the test moves: which port is closed when, which refusal proves which
// rule, when scheduled rules are carried out, and how long a scenario is kept from ending.
#include "harness/run/fault_clock.hpp"

#include <gmock/gmock.h>

#include "tests/unit/fault/engine_support.hpp"

namespace firstlight::harness {
namespace {

using namespace std::chrono_literals;
using fault::after;
using fault::between;
using fault::online;
using fault::Rule;
using test::rule_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Rule refuse(const std::string& id, const std::string& at, Duration from, Duration to) {
  auto rule = between(rule_of(at, "refuse"), from, to);
  rule.id = id;
  return rule;
}
Rule after_event(Rule rule, std::string event, Duration delay, std::optional<Duration> lasts = {}) {
  rule.after = fault::Trigger{std::move(event), delay, lasts};
  return rule;
}
journal::Event event_at(Duration at, journal::Payload payload, std::uint32_t camera = 0) {
  auto event = online(camera, at);
  event.payload = std::move(payload);
  return event;
}
/// The camera's own word: its stage ended then, refused, and had taken so long.
journal::Event refused(Duration at, journal::Stage stage = journal::Stage::mqtt_connect, Duration took = 1ms,
                       std::uint32_t camera = 1) {
  journal::StageEnded ended;
  ended.stage = stage;
  ended.error = "connect-refused";
  ended.took_us = took.count();
  return event_at(at, ended, camera);
}
Rule only_for(Rule rule, const std::vector<std::uint32_t>& cameras) {
  rule.cameras.assign(fault::kCameras + 1, false);
  for (const auto camera : cameras) rule.cameras[camera] = true;
  return rule;
}

/// A clock with its engine; what its hands did is written down. Scenario time 0 is a second after the journal's.
class Moments {
 public:
  explicit Moments(std::vector<Rule> rules, std::uint64_t seed = 1)
      : plan(plan_faults({seed, "test", fault::kCameras}, std::move(rules))),
        engine(fault::engine_of(plan.rules, seed)),
        clock(*engine, plan) {}

  void start(RefusalWitness witness = RefusalWitness::nobody) {
    FaultClock::FaultTargets targets;
    targets.witness = witness;
    targets.lab = [this](const Rule& rule, std::uint32_t) { done.push_back(rule.id); };
    targets.fleet = [this](const Rule& rule, std::uint32_t camera) {
      done.push_back(rule.id + " " + std::to_string(camera));
    };
    targets.set_ports = [this](const std::vector<ListenerId>& listeners, PortState state) {
      for (const auto& [link, camera] : listeners)
        ports.push_back((state == PortState::closed ? "close " : "open ") + std::string(point_name(link)) +
                        (camera == 0 ? "" : " of " + std::to_string(camera)));
    };
    clock.start(at(0s), at(-kEpoch), notebook.lane, std::move(targets));
  }
  [[nodiscard]] SteadyClock::time_point at(Duration scenario_time) const { return origin + scenario_time; }
  /// What the ports did at that time.
  std::vector<std::string> ports_at(Duration scenario_time) {
    ports.clear();
    clock.work(at(scenario_time));
    return ports;
  }
  std::vector<std::string> done_at(Duration scenario_time) {
    done.clear();
    clock.work(at(scenario_time));
    return done;
  }
  /// Tells of an event, `event.t_ns` after the scenario's time 0.
  void tell(journal::Event event) {
    event.t_ns += std::chrono::nanoseconds(kEpoch).count();
    clock.observe(event);
  }
  /// The kernel shows that the camera was refused, and it is seen at that time.
  void shows(ListenerId listener, std::uint32_t camera, Duration seen) {
    clock.refused({listener, camera, "127.16.0." + std::to_string(camera), at(seen)});
    clock.work(at(seen));
  }
  bool over_at(Duration scenario_time) {
    clock.work(at(scenario_time));
    return clock.over(at(scenario_time), true);
  }
  /// "rule point", in order; ends the journal.
  std::vector<std::string> firings() {
    std::vector<std::string> all;
    for (const auto& event : notebook.read()) {
      const auto* fired = std::get_if<journal::FaultFired>(&event.payload);
      if (fired == nullptr) continue;
      all.push_back(fired->rule + " " + fired->point);
      details.push_back(fired->detail);
    }
    return all;
  }

  static constexpr Duration kEpoch = 1s;
  const SteadyClock::time_point origin{1h};
  FaultPlan plan;
  std::unique_ptr<fault::Engine> engine;
  FaultClock clock;
  std::vector<std::string> ports, done, details;
  fault::Notebook notebook;
};

// -- ports ----------------------------------------------------------------------------------------------------------

TEST(FaultClockPorts, CloseAndOpenAtTheWindowsEnds) {
  Moments m({refuse("a", "link.mqtt", 1s, 3s)});
  m.start();
  EXPECT_THAT(m.ports_at(999ms), IsEmpty());
  EXPECT_THAT(m.ports_at(1s), ElementsAre("close link.mqtt"));
  EXPECT_THAT(m.ports_at(2s), IsEmpty()) << "nothing has changed";
  EXPECT_THAT(m.ports_at(3s), ElementsAre("open link.mqtt"));
  EXPECT_THAT(m.ports_at(4s), IsEmpty());
}

TEST(FaultClockPorts, ThatAreClosedFromTheBeginningAreSoWhenItHasStarted) {
  Moments m({refuse("a", "link.endorse", 0s, 3s), refuse("b", "link.keys", 1ms, 3s)});
  m.start();
  EXPECT_THAT(m.ports, ElementsAre("close link.endorse"));
}

TEST(FaultClockPorts, StayClosedWhileAnyWindowIsOpen) {
  for (const bool short_one_first : {false, true}) {
    std::vector rules{refuse("long", "link.mqtt", 0s, 10s), refuse("short", "link.mqtt", 2s, 4s)};
    if (short_one_first) std::swap(rules[0], rules[1]);
    Moments m(std::move(rules));
    m.start();
    EXPECT_THAT(m.ports, ElementsAre("close link.mqtt"));
    for (const auto t : {2s, 3s, 4s, 9s}) EXPECT_THAT(m.ports_at(t), IsEmpty()) << t.count();
    EXPECT_THAT(m.ports_at(10s), ElementsAre("open link.mqtt"));
  }
}

TEST(FaultClockPorts, StayClosedBetweenWindowsThatTouch) {
  for (const bool later_first : {false, true}) {
    std::vector rules{refuse("one", "link.mqtt", 0s, 2s), refuse("two", "link.mqtt", 2s, 4s)};
    if (later_first) std::swap(rules[0], rules[1]);
    Moments m(std::move(rules));
    m.start();
    EXPECT_THAT(m.ports_at(2s), IsEmpty());
    EXPECT_THAT(m.ports_at(4s), ElementsAre("open link.mqtt"));
  }
}

TEST(FaultClockPorts, OfAllFourLinksEachHasItsOwnState) {
  Moments m({refuse("all", "link", 1s, 3s), refuse("keys", "link.keys", 2s, 5s)});
  m.start();
  EXPECT_THAT(m.ports_at(1s),
              ElementsAre("close link.endorse", "close link.keys", "close link.config_api", "close link.mqtt"));
  EXPECT_THAT(m.ports_at(3s), ElementsAre("open link.endorse", "open link.config_api", "open link.mqtt"));
  EXPECT_THAT(m.ports_at(5s), ElementsAre("open link.keys"));
}

TEST(FaultClockPorts, OfSomeCamerasAreTheirOwn) {
  Moments m(
      {only_for(refuse("some", "link.mqtt", 1s, 3s), {2, 4}), only_for(refuse("four", "link.mqtt", 2s, 5s), {4})});
  m.start();
  EXPECT_THAT(m.ports_at(1s), ElementsAre("close link.mqtt of 2", "close link.mqtt of 4"));
  EXPECT_THAT(m.ports_at(2s), IsEmpty());
  EXPECT_THAT(m.ports_at(3s), ElementsAre("open link.mqtt of 2"));
  EXPECT_THAT(m.ports_at(5s), ElementsAre("open link.mqtt of 4"));
}

TEST(FaultClockPorts, OfAllCamerasAreAlsoThoseThatSomeHaveOfTheirOwn) {
  Moments m({only_for(refuse("some", "link.mqtt", 5s, 6s), {3}), refuse("all", "link.mqtt", 1s, 2s)});
  m.start();
  EXPECT_THAT(m.ports_at(1s), ElementsAre("close link.mqtt", "close link.mqtt of 3"));
  EXPECT_THAT(m.ports_at(2s), ElementsAre("open link.mqtt", "open link.mqtt of 3"));
  EXPECT_THAT(m.ports_at(5s), ElementsAre("close link.mqtt of 3"));
}

TEST(FaultClockPorts, ProbabilityDecidesOnceForTheLab) {
  int closed = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    auto rule = refuse("perhaps", "link", 0s, 2s);
    rule.probability = 0.5;
    Moments m({rule}, seed);
    m.start();
    ASSERT_THAT(m.ports, testing::AnyOf(IsEmpty(), SizeIs(4)));
    closed += m.ports.empty() ? 0 : 1;
    m.tell(refused(1s));
    m.clock.work(m.at(1s));
    EXPECT_THAT(m.firings(), SizeIs(m.ports.empty() ? 0 : 1)) << "what closed nothing proves nothing";
  }
  EXPECT_GT(closed, 60);
  EXPECT_LT(closed, 140);
}

// -- the proof of a refusal -----------------------------------------------------------------------------------------

TEST(FaultClockProof, ARuleForSomeCamerasIsNotProvenByAnother) {
  Moments m({only_for(refuse("some", "link.mqtt", 0s, 2s), {2})});
  m.start();
  m.tell(refused(1s, journal::Stage::mqtt_connect, 1ms, 1));
  m.tell(refused(1s, journal::Stage::endorse, 1ms, 2));
  m.tell(refused(1s, journal::Stage::mqtt_connect, 1ms, 2));
  m.clock.work(m.at(1s));
  EXPECT_THAT(m.firings(), ElementsAre("some link.mqtt"));
}

TEST(FaultClockRefusal, ProvesTheRuleWhoseWindowIsOpenThenAndNoOther) {
  Moments m({refuse("early", "link.mqtt", 0s, 2s), refuse("late", "link.mqtt", 10s, 12s)});
  m.start();
  m.tell(refused(1s));
  m.clock.work(m.at(1s));
  EXPECT_THAT(m.firings(), ElementsAre("early link.mqtt"));
}

TEST(FaultClockRefusal, OutsideOfEveryWindowProvesNothing) {
  Moments m({refuse("a", "link.mqtt", 1s, 2s)});
  m.start();
  m.tell(refused(900ms));
  m.tell(refused(2500ms));
  m.clock.work(m.at(3s));
  EXPECT_THAT(m.firings(), IsEmpty());
}

TEST(FaultClockRefusal, MayHaveBegunBeforeTheWindowEnded) {
  Moments m({refuse("a", "link.mqtt", 1s, 2s)});
  m.start();
  m.tell(refused(2010ms, journal::Stage::mqtt_connect, 20ms));
  m.tell(refused(2010ms, journal::Stage::mqtt_connect, 5ms));
  m.clock.work(m.at(3s));
  EXPECT_THAT(m.firings(), ElementsAre("a link.mqtt"));
}

TEST(FaultClockRefusal, BelongsToTheLinkOfItsStage) {
  Moments m({refuse("mqtt", "link.mqtt", 0s, 2s), refuse("all", "link", 0s, 2s)});
  m.start();
  m.tell(refused(1s, journal::Stage::verify));
  m.tell(refused(1s, journal::Stage::attach));
  auto other = refused(1s);
  std::get<journal::StageEnded>(other.payload).error = "connection-reset";
  m.tell(other);
  m.clock.work(m.at(1s));
  EXPECT_THAT(m.firings(), ElementsAre("all link.keys"));
}

// -- the lab's own proof ----------------------------------------------------------------------------------------------

constexpr ListenerId kMqtt{fault::Point::link_mqtt};

TEST(FaultClockWitness, WhatTheKernelShowsProvesTheRule) {
  Moments m({refuse("a", "link.mqtt", 1s, 2s), refuse("other", "link.keys", 1s, 2s)});
  m.start(RefusalWitness::kernel);
  m.shows(kMqtt, 2, 1500ms);
  EXPECT_THAT(m.firings(), ElementsAre("a link.mqtt"));
  EXPECT_THAT(m.details, ElementsAre("seen by the lab: the kernel refused the connection"));
}

TEST(FaultClockWitness, ACamerasWordIsThenNotAsked) {
  Moments m({refuse("a", "link.mqtt", 0s, 2s)});
  m.start(RefusalWitness::kernel);
  m.tell(refused(1s));
  m.clock.work(m.at(1s));
  EXPECT_THAT(m.firings(), IsEmpty());
}

TEST(FaultClockWitness, WithoutTheKernelTheFiringSaysWhoseWordItIs) {
  Moments m({refuse("a", "link.mqtt", 0s, 2s)});
  m.start(RefusalWitness::nobody);
  m.tell(refused(1s));
  m.clock.work(m.at(1s));
  EXPECT_THAT(m.firings(), SizeIs(1));
  EXPECT_THAT(m.details, ElementsAre("by the camera's own word: this kernel does not show refused connections"));
}

TEST(FaultClockWitness, ARefusalThatIsSeenLateBelongsToTheWindowThatEndedLast) {
  Moments m({refuse("first", "link.mqtt", 0s, 1s), refuse("second", "link.mqtt", 2s, 3s),
             refuse("later", "link.mqtt", 9s, 10s)});
  m.start(RefusalWitness::kernel);
  m.shows(kMqtt, 1, 3010ms);
  EXPECT_THAT(m.firings(), ElementsAre("second link.mqtt"));
}

TEST(FaultClockWitness, AListenerOfOneCameraProvesThatCamerasRule) {
  Moments m({only_for(refuse("some", "link.mqtt", 0s, 2s), {2}), refuse("all", "link.mqtt", 5s, 6s)});
  m.start(RefusalWitness::kernel);
  m.shows({fault::Point::link_mqtt, 2}, 2, 1s);
  m.shows({fault::Point::link_mqtt, 2}, 2, 5500ms);
  m.shows(kMqtt, 1, 5500ms);
  EXPECT_THAT(m.firings(), ElementsAre("some link.mqtt", "all link.mqtt", "all link.mqtt"));
}

// -- moments --------------------------------------------------------------------------------------------------------

TEST(FaultClockMoments, OfCamerasAreLeftToWorkSoThatTheCamerasAreOn) {
  Moments m({between(rule_of("camera", "clock-jump", {{"by", "1h"}}), 0s, {})});
  m.start();
  EXPECT_THAT(m.done, IsEmpty());
  EXPECT_THAT(m.done_at(0s), SizeIs(fault::kCameras));
  EXPECT_THAT(m.done_at(1s), IsEmpty());
}

TEST(FaultClockMoments, AnEventBeforeTheScenarioStrikesSoLongAfterItself) {
  Moments m({after_event(rule_of("broker", "kill"), "broker_started", 5s)});
  m.tell(event_at(-500ms, journal::BrokerStarted{}));
  m.start();
  EXPECT_THAT(m.done_at(0s), IsEmpty());
  EXPECT_THAT(m.done_at(4499ms), IsEmpty());
  EXPECT_THAT(m.done_at(4500ms), ElementsAre("kill"));
  EXPECT_THAT(m.done_at(5s), IsEmpty());
}

TEST(FaultClockMoments, ProbabilityMaySpareMosquitto) {
  int killed = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    auto rule = between(rule_of("broker", "kill"), 1s, 2s);
    rule.probability = 0.5;
    Moments m({rule}, seed);
    m.start();
    killed += m.done_at(1s).empty() ? 0 : 1;
  }
  EXPECT_GT(killed, 60);
  EXPECT_LT(killed, 140);
}

// -- the end --------------------------------------------------------------------------------------------------------

TEST(FaultClockEnd, WithoutFaultsIsWhenTheCamerasHaveSettled) {
  Moments m({});
  m.start();
  EXPECT_FALSE(m.clock.over(m.at(1s), false));
  EXPECT_TRUE(m.clock.over(m.at(1s), true));
}

TEST(FaultClockEnd, WaitsUntilAWindowIsOver) {
  Moments m({between(rule_of("link.mqtt", "partition"), 2s, 5s)});
  m.start();
  EXPECT_FALSE(m.over_at(1s));
  EXPECT_FALSE(m.over_at(5500ms));
  EXPECT_TRUE(m.over_at(6s));
}

TEST(FaultClockEnd, WaitsUntilARuleByAttemptThatStruckIsOver) {
  Moments m({after_event(rule_of("link.mqtt", "partition"), "camera_online", 5s, 3s)});
  m.start();
  m.tell(online(1, 1s));
  EXPECT_FALSE(m.over_at(3s)) << "it begins at 6 s";
  EXPECT_FALSE(m.over_at(7s));
  EXPECT_FALSE(m.over_at(9900ms)) << "cameras may not have noticed yet";
  EXPECT_TRUE(m.over_at(10s));
}

TEST(FaultClockEnd, WaitsUntilARuleWithoutAnEndHasBegun) {
  Moments m({after_event(rule_of("link.mqtt", "latency", {{"of", "1ms"}}), "camera_online", 5s)});
  m.start();
  m.tell(online(1, 1s));
  EXPECT_FALSE(m.over_at(1s));
  EXPECT_FALSE(m.over_at(3s)) << "it begins at 6 s";
  EXPECT_FALSE(m.over_at(6500ms));
  EXPECT_TRUE(m.over_at(7s));
}

TEST(FaultClockEnd, DoesNotWaitForAnEventThatNobodySees) {
  Moments m({after_event(rule_of("link.mqtt", "partition"), "camera_online", 5s, 3s)});
  m.start();
  EXPECT_FALSE(m.over_at(1s)) << "the journal tells a moment late";
  EXPECT_TRUE(m.over_at(2s));
}

TEST(FaultClockEnd, WaitsWhileMosquittoIsFrozenOrOff) {
  for (const auto& [effect, parameter] : {std::pair<std::string, std::string>{"freeze", "for"}, {"kill", "off_for"}}) {
    const auto rule = rule_of("broker", effect, {{parameter, "10s"}});
    for (const auto& timed : {between(rule, 1s, 2s), after_event(rule, "camera_online", 500ms)}) {
      Moments m({timed});
      m.start();
      m.tell(online(1, 500ms));
      EXPECT_FALSE(m.over_at(900ms));
      EXPECT_THAT(m.done_at(1s), ElementsAre(effect));
      EXPECT_FALSE(m.over_at(11900ms));
      EXPECT_TRUE(m.over_at(12s));
    }
  }
}

}  // namespace
}  // namespace firstlight::harness
