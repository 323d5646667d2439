#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/plan/rule_text.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness {
namespace {

using namespace std::chrono_literals;

language::Scenario scenario(std::uint32_t count, language::Arrival arrive) {
  language::Scenario s;
  s.name = "planned";
  s.summary = "A plan.";
  s.timeout = 60s;
  s.cameras.count = count;
  s.cameras.arrive = std::move(arrive);
  return s;
}

Plan plan_of(const language::Scenario& scenario, std::uint64_t seed) {
  return make_plan(scenario, {seed, SeedOrigin::command_line});
}

struct AnyExpectation final : language::Expectation {
  [[nodiscard]] std::string text() const override { return "{cameras: 100%, within: 30s}"; }
};

std::vector<Duration> starts(const Plan& plan) {
  std::vector<Duration> all;
  for (const auto& camera : plan.cameras) all.push_back(std::chrono::duration_cast<Duration>(camera.start_after));
  return all;
}

TEST(Plan, EveryCameraHasItsOwnAddress) {
  const auto plan = plan_of(scenario(300, language::ArriveAtOnce{}), 1);
  ASSERT_EQ(plan.cameras.size(), 300U);
  EXPECT_EQ(plan.cameras[0].id, CameraId{1});
  EXPECT_EQ(plan.cameras[0].source.to_string(), "127.16.0.1");
  EXPECT_EQ(plan.cameras[254].source.to_string(), "127.16.0.255");
  EXPECT_EQ(plan.cameras[255].source.to_string(), "127.16.1.0");
  EXPECT_EQ(camera_address(CameraId{language::kMaxCameras}).to_string(), "127.16.78.32");
  EXPECT_EQ(plan.last_start(), 0s);
}

TEST(Plan, ARateIsEvenlySpaced) {
  const auto plan = plan_of(scenario(4, language::ArriveAtRate{20}), 1);
  EXPECT_THAT(starts(plan), testing::ElementsAre(0ms, 50ms, 100ms, 150ms));
}

TEST(Plan, ARampFollowsItsRate) {
  // From 0 to 2/s over 10 s: t² / 10 cameras by t, ten in all; then one each half second.
  const auto up = plan_of(scenario(13, language::ArriveRamp{0, 2, 10s}), 1);
  EXPECT_EQ(starts(up)[0], 0s);
  EXPECT_NEAR(static_cast<double>(starts(up)[1].count()), std::sqrt(10) * 1e6, 1);
  EXPECT_NEAR(static_cast<double>(starts(up)[4].count()), std::sqrt(40) * 1e6, 1);
  EXPECT_EQ(starts(up)[10], 10s);
  EXPECT_EQ(starts(up)[12], 11s);
  // Falling from 4/s to 2/s over 4 s: 12 cameras in the ramp, then one each half second.
  const auto down = plan_of(scenario(14, language::ArriveRamp{4, 2, 4s}), 1);
  EXPECT_EQ(starts(down)[12], 4s);
  EXPECT_EQ(starts(down)[13], 4500ms);
  EXPECT_NEAR(static_cast<double>(starts(down)[1].count()), (8 - std::sqrt(60)) * 1e6, 1);  // 4t - t²/4 = 1
  const auto flat = plan_of(scenario(3, language::ArriveRamp{2, 2, 10s}), 1);
  EXPECT_THAT(starts(flat), testing::ElementsAre(0ms, 500ms, 1000ms));
}

TEST(Plan, PoissonGapsAreExponential) {
  const auto plan = plan_of(scenario(20'000, language::ArrivePoisson{100}), 7);
  const auto all = starts(plan);
  EXPECT_EQ(all.front(), 0s);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  double sum = 0, squares = 0;
  int longer_than_mean = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double gap = std::chrono::duration<double>(all[i] - all[i - 1]).count() * 100;  // mean 1
    sum += gap, squares += gap * gap;
    longer_than_mean += gap > 1 ? 1 : 0;
  }
  const double n = static_cast<double>(all.size() - 1);
  // The seed fixes the sample; the bounds are five standard errors of the exponential distribution.
  EXPECT_NEAR(sum / n, 1.0, 0.036);
  EXPECT_NEAR(squares / n, 2.0, 0.16);
  EXPECT_NEAR(longer_than_mean / n, std::exp(-1), 0.018);
}

TEST(Plan, TheSeedAndTheNameDecideAndNothingElse) {
  auto s = scenario(50, language::ArrivePoisson{10});
  const auto base = starts(plan_of(s, 7));
  EXPECT_EQ(base, starts(plan_of(s, 7)));
  EXPECT_NE(base, starts(plan_of(s, 8)));
  // More cameras leave the first ones where they are.
  s.cameras.count = 80;
  auto longer = starts(plan_of(s, 7));
  longer.resize(50);
  EXPECT_EQ(base, longer);
  s.name = "other";
  longer = starts(plan_of(s, 7));
  longer.resize(50);
  EXPECT_NE(base, longer);
}

// -- seeds ----------------------------------------------------------------------------------------------------------

TEST(Seed, TheCommandLineComesBeforeTheScenarioAndThatBeforeTheDrawnOne) {
  EXPECT_EQ(choose_seed(1, 2, 3).value, 1U);
  EXPECT_EQ(choose_seed(1, 2, 3).origin, SeedOrigin::command_line);
  EXPECT_EQ(choose_seed({}, 2, 3).value, 2U);
  EXPECT_EQ(choose_seed({}, 2, 3).origin, SeedOrigin::scenario);
  EXPECT_EQ(choose_seed({}, {}, 3).value, 3U);
  EXPECT_EQ(choose_seed({}, {}, 3).origin, SeedOrigin::drawn);
}

TEST(Seed, IsWhatEveryConsumerStartsFrom) {
  const auto seeds = plan_of(scenario(1, language::ArriveAtOnce{}), 9).seeds;
  EXPECT_EQ(seeds.scenario.value, 9U);
  EXPECT_EQ(seeds.arrivals, 9U);
  EXPECT_EQ(seeds.faults, 9U);
  EXPECT_EQ(seeds.cameras, 9U);
}

// -- faults ---------------------------------------------------------------------------------------------------------

/// A fleet of ten with these rules below `faults:`.
language::Scenario with_faults(const std::string& rules, const std::string& cameras = "10") {
  auto loaded = language::load_scenario("name: planned\nsummary: A plan.\ntimeout: 60s\ncameras: {count: " + cameras +
                                            "}\nfaults:\n" + rules + "expect:\n  - online: {cameras: 100%}\n",
                                        "planned.yaml", judge::vocabulary());
  EXPECT_TRUE(loaded) << render(loaded.diagnostics);
  return *loaded.scenario;
}
/// "endorse of 2 1s-3s", in the plan's order.
std::vector<std::string> windows(const FaultPlan& faults) {
  std::vector<std::string> all;
  for (const auto& w : faults.port_windows)
    all.push_back(fmt::format("{} {} of {} {}-{}", faults.rules[w.rule].id, fault::point_name(w.listener.link),
                              w.listener.camera, format_duration(w.from), format_duration(w.to)));
  return all;
}

TEST(PlannedFaults, ConcernTheCamerasThatTheSeedChooses) {
  const auto s = with_faults(
      "  - {id: some, at: link.mqtt, inject: reset, cameras: 30%}\n"
      "  - {id: these, at: link.mqtt, inject: reset, cameras: [3, 7]}\n"
      "  - {id: all, at: link.mqtt, inject: reset}\n");
  const auto chosen = [&](std::uint64_t seed, std::size_t rule) {
    return cameras_of(plan_of(s, seed).faults.rules[rule]);
  };
  EXPECT_THAT(chosen(1, 0), testing::SizeIs(3));
  EXPECT_EQ(chosen(1, 0), chosen(1, 0));
  EXPECT_NE(chosen(1, 0), chosen(2, 0));
  EXPECT_THAT(chosen(1, 1), testing::ElementsAre(3, 7));
  EXPECT_THAT(chosen(1, 2), testing::SizeIs(10));
}

TEST(PlannedFaults, KeepWhatTheRuleSays) {
  const auto s = with_faults(
      "  - {id: cut, at: link, inject: {reset: after-tls}, attempts: first 2, probability: 50%, "
      "between: [1s, 3s]}\n");
  const auto rule = plan_of(s, 1).faults.rules.at(0);
  EXPECT_EQ(rule.id, "cut");
  EXPECT_EQ(rule.at, "link");
  EXPECT_THAT(rule.points, testing::SizeIs(4));
  EXPECT_EQ(rule.effect->name, "reset");
  EXPECT_EQ(rule.attempts.last, 2U);
  EXPECT_EQ(rule.probability, 0.5);
  EXPECT_EQ(rule.between->to, 3s);
}

TEST(PlannedFaults, APortThatIsClosedForAllIsOneWindow) {
  const auto plan = plan_of(with_faults("  - {id: shut, at: link.endorse, inject: refuse, between: [1s, 3s]}\n"), 1);
  EXPECT_THAT(windows(plan.faults), testing::ElementsAre("shut link.endorse of 0 1s-3s"));
  EXPECT_THAT(plan.faults.own_destination, testing::IsEmpty());
  EXPECT_THAT(plan.faults.moments, testing::IsEmpty());
  EXPECT_FALSE(plan.cameras[0].destination);
}

TEST(PlannedFaults, CamerasThatAreRefusedAloneHaveADestinationAndWindowsOfTheirOwn) {
  const auto plan =
      plan_of(with_faults("  - {id: some, at: link.keys, inject: refuse, cameras: [2], between: [1s, 3s]}\n"
                          "  - {id: all, at: link.mqtt, inject: refuse, between: [4s, 5s]}\n"),
              1);
  EXPECT_THAT(plan.faults.own_destination, testing::ElementsAre(2));
  EXPECT_EQ(plan.cameras[1].destination->to_string(), "127.48.0.2");
  EXPECT_FALSE(plan.cameras[0].destination);
  EXPECT_THAT(windows(plan.faults), testing::ElementsAre("some link.keys of 2 1s-3s", "all link.mqtt of 0 4s-5s",
                                                         "all link.mqtt of 2 4s-5s"));
}

TEST(PlannedFaults, AWindowThatTheDrawsSpareIsNone) {
  const auto s = with_faults("  - {id: perhaps, at: link.mqtt, inject: refuse, probability: 50%, between: [1s, 3s]}\n");
  std::size_t closed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) closed += plan_of(s, seed).faults.port_windows.size();
  EXPECT_GT(closed, 30U);
  EXPECT_LT(closed, 70U);
}

TEST(PlannedFaults, ScheduledRulesHaveTheirMomentsAndThoseOfAnEventHaveNone) {
  const auto plan = plan_of(with_faults("  - {id: kill, at: broker, inject: kill, between: [2s, 3s]}\n"
                                        "  - {id: jump, at: camera, inject: {clock-jump: 1h}, cameras: [4, 5], "
                                        "between: [1s, 9s]}\n"
                                        "  - {id: later, at: broker, inject: kill, after: {event: camera_online}}\n"
                                        "  - {id: attempt, at: link.mqtt, inject: reset, between: [1s, 2s]}\n"),
                            1);
  std::vector<std::string> moments;
  for (const auto& m : plan.faults.moments)
    moments.push_back(fmt::format("{} {} {}", plan.faults.rules[m.rule].id, m.camera, format_duration(m.at)));
  EXPECT_THAT(moments, testing::ElementsAre("kill 0 2s", "jump 4 1s", "jump 5 1s"));
}

TEST(PlannedFaults, OfTheDeviceItselfNeedSimulatedCameras) {
  const auto plan = plan_of(with_faults("  - {id: a, at: attach, inject: reject}\n"
                                        "  - {id: b, at: camera, inject: {clock-jump: 1h}, between: [1s, 2s]}\n"
                                        "  - {id: c, at: link.mqtt, inject: reset}\n"),
                            1);
  EXPECT_TRUE(needs_simulated_cameras(plan.faults.rules[0]));
  EXPECT_TRUE(needs_simulated_cameras(plan.faults.rules[1]));
  EXPECT_FALSE(needs_simulated_cameras(plan.faults.rules[2]));
}

// -- descriptors ----------------------------------------------------------------------------------------------------

/// Of ten cameras' connections.
std::size_t connections(const std::string& rules) {
  return plan_of(with_faults(rules), 1).descriptors.connections;
}

TEST(PlannedDescriptors, AreThreeACamera) {
  const auto d = plan_of(scenario(10, language::ArriveAtOnce{}), 1).descriptors;
  EXPECT_EQ(d.connections, 30U);
  EXPECT_EQ(d.listeners, 0U);
  EXPECT_EQ(d.total(), d.lab + 30);
}

TEST(PlannedDescriptors, AreFiveOverAShapedLinkForThoseThatItConcerns) {
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: {latency: 5ms}}\n"), 50U);
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: {latency: 5ms}, cameras: [1, 2]}\n"), 34U);
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: reset}\n"), 30U);
}

TEST(PlannedDescriptors, AreFourOverAShapedHttpsConnection) {
  EXPECT_EQ(connections("  - {id: r, at: link.endorse, inject: {latency: 5ms}}\n"), 40U);
  EXPECT_EQ(connections("  - {id: r, at: tls.keys, inject: {stall: certificate}}\n"), 40U);
  EXPECT_EQ(connections("  - {id: r, at: link, inject: {latency: 5ms}}\n"), 50U);
}

TEST(PlannedDescriptors, HaveRoomForAConnectionThatAPartitionHolds) {
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: partition, between: [1s, 2s]}\n"), 90U);
  // In 40 s a camera gives up four handshakes, each after 10 s, and leaves them open at the lab.
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: partition, between: [1s, 41s]}\n"), 210U);
  EXPECT_EQ(connections("  - {id: r, at: link.mqtt, inject: {flap: {up: 1s, down: 1s}}}\n"), 90U);
}

TEST(PlannedDescriptors, CountTheListenersOfCamerasThatAreRefusedAlone) {
  const auto plan =
      plan_of(with_faults("  - {id: r, at: link.mqtt, inject: refuse, cameras: [2, 3], between: [1s, 2s]}\n"), 1);
  EXPECT_EQ(plan.descriptors.listeners, 8U);
  EXPECT_EQ(plan.descriptors.connections, 30U);
}

// -- printed --------------------------------------------------------------------------------------------------------

TEST(PrintedPlan, LeavesOutTheMiddleOfALongList) {
  auto s = scenario(200, language::ArriveAtRate{20});
  s.expect.push_back({{}, "online", std::make_shared<const AnyExpectation>()});
  EXPECT_EQ(render_plan(s, plan_of(s, 42), "planned#2"),
            "planned#2 (seed 42, given by --seed)\n"
            "  A plan.\n"
            "  cameras: 200, arriving 20 a second, evenly spaced; the first at 0.000 s, the last at 9.950 s\n"
            "  ends: when every camera is online or has given up; ceiling 1m\n"
            "  expect: online: {cameras: 100%, within: 30s}\n"
            "  descriptors: 800 (the lab 200, cameras' own ports 0, connections 600)\n"
            "    camera  address              power-on\n"
            "         1  127.16.0.1            0.000 s\n"
            "         2  127.16.0.2            0.050 s\n"
            "         3  127.16.0.3            0.100 s\n"
            "         4  127.16.0.4            0.150 s\n"
            "         5  127.16.0.5            0.200 s\n"
            "         6  127.16.0.6            0.250 s\n"
            "         7  127.16.0.7            0.300 s\n"
            "         8  127.16.0.8            0.350 s\n"
            "         …  (190 more)\n"
            "       199  127.16.0.199          9.900 s\n"
            "       200  127.16.0.200          9.950 s\n");
}

TEST(PrintedPlan, NamesTheCamerasThatEachRuleConcerns) {
  const auto s = with_faults(
      "  - {id: cut, at: link.mqtt, inject: reset, cameras: 1..2, attempts: first 2, probability: 50%}\n"
      "  - {id: shut, at: link.keys, inject: refuse, cameras: [2], between: [1s, 3s]}\n"
      "  - {id: closed, at: link.mqtt, inject: refuse, between: [5s, 6s]}\n"
      "  - {id: jump, at: camera, inject: {clock-jump: 1h}, between: [1s, 9s]}\n"
      "  - {id: kill, at: broker, inject: kill, after: {event: camera_online, delay: 2s}}\n"
      "  - {id: freeze, at: broker, inject: {freeze: 1s}, between: [2s, 3s]}\n",
      "3");
  EXPECT_EQ(render_plan(s, plan_of(s, 1), "planned"),
            "planned (seed 1, given by --seed)\n"
            "  A plan.\n"
            "  cameras: 3, arriving at once; the first at 0.000 s, the last at 0.000 s\n"
            "  ends: when every camera is online or has given up; ceiling 1m\n"
            "  rule cut: reset at link.mqtt; 2 of 3 cameras: 1, 2; attempts: first 2; probability 50%; at any time\n"
            "  rule shut: refuse at link.keys; 1 of 3 cameras: 2; from 1s to 3s\n"
            "    closes link.keys: the own port of 2\n"
            "  rule closed: refuse at link.mqtt; all cameras; from 5s to 6s\n"
            "    closes link.mqtt: the port of all, and the own port of 2\n"
            "  rule jump: clock-jump at camera; all cameras; from 1s to 9s\n"
            "    strikes 1..3, once each\n"
            "  rule kill: kill at broker; all cameras; from 2s after camera_online\n"
            "  rule freeze: freeze at broker; all cameras; from 2s to 3s\n"
            "    strikes the lab, once\n"
            "  expect: online: {cameras: 100%}\n"
            "  descriptors: 213 (the lab 200, cameras' own ports 4, connections 9)\n"
            "    camera  address              power-on\n"
            "         1  127.16.0.1            0.000 s\n"
            "         2  127.16.0.2            0.000 s  connects to 127.48.0.2\n"
            "         3  127.16.0.3            0.000 s\n");
}

TEST(PrintedPlan, LeavesNothingOutForPrograms) {
  const auto s = with_faults(
      "  - {id: odd, at: link.mqtt, inject: {latency: 5ms}, cameras: 50%}\n"
      "  - {id: shut, at: link.keys, inject: refuse, cameras: [2], between: [1s, 3s]}\n",
      "400");
  const auto plan = plan_of(s, 1);
  auto json = plan_json(s, plan, "planned");
  EXPECT_EQ(json["cameras"].size(), 400U);
  EXPECT_EQ(json["cameras"][1]["destination"], "127.48.0.2");
  EXPECT_EQ(json["faults"]["rules"][0]["cameras"].size(), 200U);
  EXPECT_EQ(json["faults"]["rules"][0]["parameters"]["of"], "5ms");
  EXPECT_EQ(json["faults"]["rules"][1]["cameras"], nlohmann::ordered_json::array({2}));
  EXPECT_EQ(json["faults"]["port_windows"],
            nlohmann::ordered_json::parse(
                R"([{"rule": "shut", "point": "link.keys", "from_ms": 1000.0, "to_ms": 3000.0, "camera": 2}])"));
  EXPECT_EQ(json["seed"]["origin"], "command-line");
  EXPECT_EQ(json["descriptors"]["total"], plan.descriptors.total());
}

}  // namespace
}  // namespace firstlight::harness
