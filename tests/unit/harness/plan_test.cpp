#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace firstlight::harness {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

language::Scenario scenario(std::uint32_t count, language::Arrival arrive) {
  language::Scenario s;
  s.name = "planned";
  s.summary = "A plan.";
  s.timeout = 60s;
  s.cameras.count = count;
  s.cameras.arrive = std::move(arrive);
  return s;
}

struct AnyExpectation final : language::Expectation {
  [[nodiscard]] std::string text() const override { return "{cameras: 100%, within: 30s}"; }
};

std::vector<Duration> starts(const Plan& plan) {
  std::vector<Duration> all;
  for (const auto& camera : plan.cameras) all.push_back(camera.start);
  return all;
}

TEST(Plan, EveryCameraHasItsOwnAddress) {
  const auto plan = make_plan(scenario(300, language::ArriveAtOnce{}), 1);
  ASSERT_EQ(plan.cameras.size(), 300U);
  EXPECT_EQ(plan.cameras[0].id, CameraId{1});
  EXPECT_EQ(plan.cameras[0].address.to_string(), "127.16.0.1");
  EXPECT_EQ(plan.cameras[254].address.to_string(), "127.16.0.255");
  EXPECT_EQ(plan.cameras[255].address.to_string(), "127.16.1.0");
  EXPECT_EQ(camera_address(CameraId{language::kMaxCameras}).to_string(), "127.16.78.32");
  EXPECT_EQ(plan.last_start(), 0s);
}

TEST(Plan, ARateIsEvenlySpaced) {
  const auto plan = make_plan(scenario(4, language::ArriveAtRate{20}), 1);
  EXPECT_THAT(starts(plan), testing::ElementsAre(0ms, 50ms, 100ms, 150ms));
}

TEST(Plan, ARampFollowsItsRate) {
  // From 0 to 2/s over 10 s: t² / 10 cameras by t, ten in all; then one each half second.
  const auto up = make_plan(scenario(13, language::ArriveRamp{0, 2, 10s}), 1);
  EXPECT_EQ(up.cameras[0].start, 0s);
  EXPECT_NEAR(static_cast<double>(up.cameras[1].start.count()), std::sqrt(10) * 1e6, 1);
  EXPECT_NEAR(static_cast<double>(up.cameras[4].start.count()), std::sqrt(40) * 1e6, 1);
  EXPECT_EQ(up.cameras[10].start, 10s);
  EXPECT_EQ(up.cameras[12].start, 11s);
  // Falling from 4/s to 2/s over 4 s: 12 cameras in the ramp, then one each half second.
  const auto down = make_plan(scenario(14, language::ArriveRamp{4, 2, 4s}), 1);
  EXPECT_EQ(down.cameras[12].start, 4s);
  EXPECT_EQ(down.cameras[13].start, 4500ms);
  EXPECT_NEAR(static_cast<double>(down.cameras[1].start.count()), (8 - std::sqrt(60)) * 1e6, 1);  // 4t - t²/4 = 1
  const auto flat = make_plan(scenario(3, language::ArriveRamp{2, 2, 10s}), 1);
  EXPECT_THAT(starts(flat), testing::ElementsAre(0ms, 500ms, 1000ms));
}

TEST(Plan, PoissonGapsAreExponential) {
  const auto plan = make_plan(scenario(20'000, language::ArrivePoisson{100}), 7);
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
  const auto base = starts(make_plan(s, 7));
  EXPECT_EQ(base, starts(make_plan(s, 7)));
  EXPECT_NE(base, starts(make_plan(s, 8)));
  // More cameras leave the first ones where they are.
  s.cameras.count = 80;
  auto longer = starts(make_plan(s, 7));
  longer.resize(50);
  EXPECT_EQ(base, longer);
  s.name = "other";
  longer = starts(make_plan(s, 7));
  longer.resize(50);
  EXPECT_NE(base, longer);
}

TEST(Plan, IsPrintedInShort) {
  auto s = scenario(200, language::ArriveAtRate{20});
  s.expect.push_back({{}, "online", std::make_shared<const AnyExpectation>()});
  const auto text = render_plan(s, make_plan(s, 42));
  EXPECT_EQ(text,
            "planned (seed 42)\n"
            "  A plan.\n"
            "  cameras: 200, arriving 20 a second, evenly spaced; the first at 0.000 s, the last at 9.950 s\n"
            "  ends: when every camera is online or has given up; ceiling 1m\n"
            "  expect: online: {cameras: 100%, within: 30s}\n"
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

}  // namespace
}  // namespace firstlight::harness
