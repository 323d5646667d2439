#include <gtest/gtest.h>

#include "base/time.hpp"

namespace firstlight {
namespace {

using namespace std::chrono;

TEST(WallClockTest, OffsetMovesItAndNothingElseDoes) {
  WallClock clock;
  const auto before = system_clock::now();
  clock.set_offset(days(365));
  const auto moved = clock.now();
  EXPECT_GE(moved, floor<milliseconds>(before) + days(365));
  EXPECT_LE(moved, system_clock::now() + days(365));
}

}  // namespace
}  // namespace firstlight
