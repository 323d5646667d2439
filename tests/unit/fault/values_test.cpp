// Values of parameters as scenarios write them: every kind, what is right, what is wrong, and what a person is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/effect.hpp"

namespace firstlight::fault {
namespace {

using testing::HasSubstr;

Parameter of(Kind kind, std::int64_t least = 0, std::int64_t most = INT64_MAX) {
  return {.name = "p", .kind = kind, .summary = "", .least = least, .most = most, .choices = {"this", "that"}};
}
/// -1: no value.
std::int64_t number(const Parameter& p, std::string_view text) {
  const auto parsed = parse_value(p, text);
  const auto* value = std::get_if<Value>(&parsed);
  return value == nullptr ? -1 : std::get<std::int64_t>(*value);
}
std::string wrong(const Parameter& p, std::string_view text) {
  const auto parsed = parse_value(p, text);
  const auto* no = std::get_if<NoValue>(&parsed);
  return no == nullptr ? "(it was taken)" : no->expected;
}

TEST(FaultValues, DurationsAreMicroseconds) {
  const auto p = of(Kind::duration);
  EXPECT_EQ(number(p, "250us"), 250);
  EXPECT_EQ(number(p, "500ms"), 500'000);
  EXPECT_EQ(number(p, "1.5s"), 1'500'000);
  EXPECT_EQ(number(p, "2h"), 7'200'000'000);
  EXPECT_EQ(number(p, "0s"), 0);
  for (const auto* text : {"", "5", "s", "5 s", "-5s", "5 seconds", "1e3s", "nan", "5s ", "99999999999999999999s"})
    EXPECT_THAT(wrong(p, text), HasSubstr("a duration with its unit")) << text;
}

TEST(FaultValues, ADurationMayBeNegativeWhereItsParameterSaysSo) {
  const auto p = of(Kind::duration, INT64_MIN);
  const auto parsed = parse_value(p, "-90s");
  EXPECT_EQ(std::get<std::int64_t>(std::get<Value>(parsed)), -90'000'000);
  EXPECT_EQ(number(p, "90s"), 90'000'000);
  EXPECT_THAT(wrong(p, "--90s"), HasSubstr("a duration"));
  EXPECT_THAT(wrong(p, "-"), HasSubstr("a duration"));
}

TEST(FaultValues, BytesHaveAUnit) {
  const auto p = of(Kind::bytes);
  EXPECT_EQ(number(p, "0B"), 0);
  EXPECT_EQ(number(p, "100B"), 100);
  EXPECT_EQ(number(p, "16KiB"), 16384);
  EXPECT_EQ(number(p, "2MiB"), 2097152);
  for (const auto* text : {"", "100", "B", "-1B", "1.5KiB", "1kB", "1 KiB", "1GiB", "0x10B", "9999999999999999999B",
                           "9223372036854775807KiB"})
    EXPECT_THAT(wrong(p, text), HasSubstr("a size with its unit")) << text;
}

TEST(FaultValues, IntegersAreWhole) {
  const auto p = of(Kind::integer);
  EXPECT_EQ(number(p, "0"), 0);
  EXPECT_EQ(number(p, "40"), 40);
  for (const auto* text : {"", "1.0", "+1", "1 ", "0x1", "one", "99999999999999999999"})
    EXPECT_THAT(wrong(p, text), HasSubstr("a whole number")) << text;
}

TEST(FaultValues, BoundsAreKeptAndTold) {
  const auto alert = of(Kind::integer, 0, 255);
  EXPECT_EQ(number(alert, "255"), 255);
  EXPECT_EQ(wrong(alert, "256"), "a whole number from 0 to 255");
  EXPECT_EQ(wrong(alert, "-1"), "a whole number from 0 to 255");
  EXPECT_EQ(wrong(of(Kind::camera, 1, 20000), "0"), "a camera's number from 1 to 20000");
  const auto piece = of(Kind::bytes, 1);
  EXPECT_THAT(wrong(piece, "0B"), HasSubstr("of at least 1B"));
  const auto fragment = of(Kind::bytes, 512, 16384);
  EXPECT_THAT(wrong(fragment, "511B"), HasSubstr("from 512B to 16384B"));
  EXPECT_EQ(number(fragment, "16KiB"), 16384);
  const auto phase = of(Kind::duration, 1000);
  EXPECT_THAT(wrong(phase, "999us"), HasSubstr("of at least 1ms"));
  EXPECT_EQ(number(phase, "1ms"), 1000);
  const auto either = of(Kind::integer, -10, 10);
  EXPECT_EQ(std::get<std::int64_t>(std::get<Value>(parse_value(either, "-10"))), -10);
  EXPECT_EQ(wrong(either, "-11"), "a whole number from -10 to 10");
}

TEST(FaultValues, PercentagesAreHundredthsOfAPercent) {
  const auto p = of(Kind::percent);
  EXPECT_EQ(number(p, "0%"), 0);
  EXPECT_EQ(number(p, "50%"), 5000);
  EXPECT_EQ(number(p, "0.5%"), 50);
  EXPECT_EQ(number(p, "12.34%"), 1234);
  EXPECT_EQ(number(p, "100%"), 10000);
  for (const auto* text : {"", "%", "50", "0.5", "100.01%", "101%", "-1%", "1.234%", "1.%", ".5%", "1.-5%", "50 %"})
    EXPECT_EQ(wrong(p, text), "a percentage from 0% to 100%") << text;
  Arguments arguments;
  arguments.set("keep", std::get<Value>(parse_value(p, "12.5%")));
  EXPECT_DOUBLE_EQ(arguments.share("keep"), 0.125);
}

TEST(FaultValues, AChoiceIsOneOfItsWords) {
  const auto p = of(Kind::choice);
  EXPECT_EQ(std::get<std::string>(std::get<Value>(parse_value(p, "that"))), "that");
  for (const auto* text : {"", "This", "this ", "neither"}) EXPECT_EQ(wrong(p, text), "one of this, that") << text;
}

TEST(FaultValues, AFlagIsTrueOrFalse) {
  const auto p = of(Kind::flag);
  EXPECT_TRUE(std::get<bool>(std::get<Value>(parse_value(p, "true"))));
  EXPECT_FALSE(std::get<bool>(std::get<Value>(parse_value(p, "false"))));
  for (const auto* text : {"", "yes", "1", "True"}) EXPECT_EQ(wrong(p, text), "true or false") << text;
}

TEST(FaultValues, ATextIsItself) {
  EXPECT_EQ(std::get<std::string>(std::get<Value>(parse_value(of(Kind::text), "any text: at all"))),
            "any text: at all");
}

TEST(FaultValues, ASecondValueReplacesTheFirst) {
  Arguments arguments;
  EXPECT_FALSE(arguments.has("of"));
  arguments.set("of", Value(std::int64_t{1}));
  arguments.set("of", Value(std::int64_t{2}));
  EXPECT_TRUE(arguments.has("of"));
  EXPECT_EQ(arguments.duration("of"), std::chrono::microseconds(2));
}

TEST(FaultValues, EveryKindHasAName) {
  for (const auto kind : {Kind::duration, Kind::bytes, Kind::integer, Kind::percent, Kind::text, Kind::choice,
                          Kind::flag, Kind::camera}) {
    EXPECT_NE(kind_name(kind), "?");
    EXPECT_FALSE(kind_name(kind).empty());
  }
}

}  // namespace
}  // namespace firstlight::fault
