#include "decode/diagnostic.hpp"

#include <gtest/gtest.h>

#include <array>

#include "decode/source_text.hpp"

namespace firstlight::decode {
namespace {

TEST(Render, PutsTheCaretUnderTheColumn) {
  EXPECT_EQ(render(Diagnostic{"a.yaml", {2, 3}, "wrong", "a b c", "right"}),
            "a.yaml:2:3: error: wrong\na b c\n  ^\nhint: right\n");
}

TEST(Render, KeepsTabsAndWidensForWideCharacters) {
  EXPECT_EQ(render(Diagnostic{"f", {1, 4}, "m", "\té日x", ""}), "f:1:4: error: m\n\té日x\n\t   ^\n");
}

TEST(Render, LetsNoControlCharacterThrough) {
  EXPECT_EQ(render(Diagnostic{"f", {1, 3}, "m", "a\x1b[31m\xff", ""}), "f:1:3: error: m\na?[31m?\n  ^\n");
}

TEST(Render, ACaretBehindTheLineStaysThere) {
  EXPECT_EQ(render(Diagnostic{"f", {1, 99}, "m", "ab", ""}), "f:1:99: error: m\nab\n  ^\n");
}

TEST(Render, WithoutALineThereIsNoExcerpt) {
  EXPECT_EQ(render(Diagnostic{"folder", {}, "empty", "", "look"}), "folder: error: empty\nhint: look\n");
}

TEST(Nearest, ForgivesOneMistakeInThree) {
  constexpr std::array<std::string_view, 4> keys{"timeout", "tags", "cameras", "at_most"};
  EXPECT_EQ(nearest("timeuot", keys), "timeout");
  EXPECT_EQ(nearest("tag", keys), "tags");
  EXPECT_EQ(nearest("Cameras", keys), "cameras");
  EXPECT_EQ(nearest("at-most", keys), "at_most");
  EXPECT_EQ(nearest("weather", keys), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), keys), "");
}

TEST(SourceText, ColumnsCountCharacters) {
  const SourceText source("aé日x\r\nb\n");
  EXPECT_EQ(source.position(6), (Position{1, 4}));
  EXPECT_EQ(source.position(9), (Position{2, 1}));
  EXPECT_EQ(source.position(99), (Position{2, 2}));
  EXPECT_EQ(source.line(1), "aé日x");
}

TEST(DecodeUtf8, RefusesWhatRfc3629Refuses) {
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                                     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe3\x81", "\xc3("}) {
    const auto c = decode_utf8(bad, 0);
    EXPECT_FALSE(c.valid) << bad;
    EXPECT_EQ(c.bytes, 1U);
  }
  EXPECT_EQ(decode_utf8("\xf4\x8f\xbf\xbf", 0).code, 0x10ffffU);
}

}  // namespace
}  // namespace firstlight::decode
