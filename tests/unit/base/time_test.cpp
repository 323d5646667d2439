#include "base/time.hpp"

#include <gtest/gtest.h>

namespace firstlight {
namespace {

using namespace std::chrono;

TEST(Duration, Parses) {
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0.000001s"), 1us);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("365d"), days(365));
  EXPECT_EQ(parse_duration("0s"), 0s);
  EXPECT_EQ(parse_duration("0.5ms"), 500us);
}

TEST(Duration, RefusesWhatItCannotHold) {
  for (const auto* bad :
       {"",       "5",     "s",          "-1s", "+1s",  "1 s",  " 1s",  "1s ",    "1.s",
        ".5s",    "1.5us", "0.0000001s", "1S",  "1min", "1,5s", "1e3s", "1.2.3s", "99999999999999999999s",
        "36601d", "1h30m"})
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Duration, FormatsTheShortestExactForm) {
  EXPECT_EQ(format_duration(0us), "0s");
  EXPECT_EQ(format_duration(1us), "1us");
  EXPECT_EQ(format_duration(1500us), "1500us");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(60s), "1m");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(36h), "36h");
}

TEST(Rfc3339, Formats) {
  EXPECT_EQ(format_rfc3339(WallTime(0ms)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(WallTime(1'790'000'953'007ms), true), "2026-09-21T14:29:13.007Z");
  EXPECT_EQ(format_rfc3339(WallTime(1'790'000'953'007ms)), "2026-09-21T14:29:13Z");
  EXPECT_EQ(format_rfc3339(WallTime(-1ms), true), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, Parses) {
  EXPECT_EQ(parse_rfc3339("2026-09-21T14:29:13Z"), WallTime(1'790'000'953'000ms));
  EXPECT_EQ(parse_rfc3339("2026-09-21T14:29:13.007Z"), WallTime(1'790'000'953'007ms));
  EXPECT_EQ(parse_rfc3339("2028-02-29T00:00:00Z"), WallTime(1'835'395'200s));
  for (const auto* bad :
       {"", "2026-09-21", "2026-09-21T14:29:13", "2026-09-21T14:29:13z", "2026-09-21 14:29:13Z", "2026-13-21T14:29:13Z",
        "2026-02-29T14:29:13Z", "2026-09-21T24:00:00Z", "2026-09-21T14:60:13Z", "2026-09-21T14:29:60Z",
        "2026-09-21T14:29:13.07Z", "2026-09-21T14:29:13,007Z", "2026-09-21T14:29:13.0070Z", "+026-09-21T14:29:13Z",
        "2026-9-21T14:29:13.0Z", "2026-09-21T14:29:13+00:00"})
    EXPECT_EQ(parse_rfc3339(bad), std::nullopt) << bad;
}

TEST(UnixSeconds, RoundDown) {
  EXPECT_EQ(unix_seconds(WallTime(1999ms)), 1);
  EXPECT_EQ(unix_seconds(WallTime(-1ms)), -1);
  EXPECT_EQ(from_unix_seconds(-5), WallTime(-5000ms));
}

}  // namespace
}  // namespace firstlight
