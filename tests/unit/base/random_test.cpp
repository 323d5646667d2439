// The golden values are the interface: a scenario's seed must mean the same on every machine and in every version. They
// were computed with an independent Python implementation of FNV-1a and SplitMix64's finaliser.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace firstlight {
namespace {

TEST(Draw, GoldenValues) {
  EXPECT_EQ(draw_bits({0, 0U, "", 0U, ""}), 0x3310f28eeddc0612ULL);
  EXPECT_EQ(draw_bits({1, 1U, "endorse", 1U, ""}), 0x0097a304e29aaaeeULL);
  EXPECT_EQ(draw_bits({42, 1000U, "mqtt_connect", 3U, "refuse-half"}), 0x4a9580fd959037b1ULL);
  EXPECT_EQ(draw_bits({18446744073709551615ULL, 4294967295U, "config", 4294967295U, "r"}), 0xb4cf63c94f30ba90ULL);
  EXPECT_DOUBLE_EQ(draw_unit({1, 1U, "endorse", 1U, ""}), 0.0023137938429537153);
}

TEST(Draw, EveryPartOfTheKeyCounts) {
  const DrawKey key{7, 3, "endorse", 2, "refuse"};
  const auto bits = draw_bits(key);
  for (const auto& other : {DrawKey{8, 3, "endorse", 2, "refuse"}, DrawKey{7, 4, "endorse", 2, "refuse"},
                            DrawKey{7, 3, "config", 2, "refuse"}, DrawKey{7, 3, "endorse", 3, "refuse"},
                            DrawKey{7, 3, "endorse", 2, "delay"}, DrawKey{7, 2, "endorse", 3, "refuse"},
                            DrawKey{7, 3, "refuse", 2, "endorse"}})
    EXPECT_NE(draw_bits(other), bits);
  EXPECT_EQ(draw_bits(key), bits);
}

TEST(Draw, IsUniformOverCamerasAndAttempts) {
  std::array<int, 16> buckets{};
  double sum = 0;
  constexpr int kDraws = 64'000;
  for (std::uint32_t camera = 0; camera < 640; ++camera)
    for (std::uint32_t attempt = 0; attempt < 100; ++attempt) {
      const double u = draw_unit({42, camera, "config", attempt, "r1"});
      ASSERT_GE(u, 0.0);
      ASSERT_LT(u, 1.0);
      sum += u;
      ++buckets[static_cast<std::size_t>(u * 16)];
    }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
  double chi_squared = 0;
  for (const int n : buckets) chi_squared += std::pow(n - kDraws / 16.0, 2) / (kDraws / 16.0);
  EXPECT_LT(chi_squared, 37.7);  // 15 degrees of freedom, p = 0.001; the draws are fixed, so this never flickers
}

TEST(RandomStreamTest, GoldenValues) {
  RandomStream stream(1234567);  // SplitMix64's published sequence for this seed
  EXPECT_EQ(stream.next_bits(), 6457827717110365317ULL);
  EXPECT_EQ(stream.next_bits(), 3203168211198807973ULL);
  EXPECT_EQ(stream.next_bits(), 9817491932198370423ULL);
  RandomStream units(1234567);
  EXPECT_DOUBLE_EQ(units.next_unit(), 6457827717110365317.0 / 18446744073709551616.0);
}

}  // namespace
}  // namespace firstlight
