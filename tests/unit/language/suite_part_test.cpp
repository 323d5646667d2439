#include "language/suite_part.hpp"

#include <gtest/gtest.h>

namespace firstlight::language {
namespace {

TEST(SuitePart, TheHashIsTheSameOnEveryPlatform) {
  // Of the algorithm's own published vectors.
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325U);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8U);
}

TEST(SuitePart, EachNameBelongsToExactlyOne) {
  for (std::uint32_t of = 1; of <= 7; ++of)
    for (int i = 0; i < 200; ++i) {
      int owners = 0;
      for (std::uint32_t n = 1; n <= of; ++n) owners += SuitePart{n, of}.has("scenario-" + std::to_string(i)) ? 1 : 0;
      EXPECT_EQ(owners, 1);
    }
}

TEST(SuitePart, AFixedNameFallsToAFixedShard) {
  // 1 and 0 are the hashes above modulo 3, computed with another program.
  EXPECT_TRUE((SuitePart{2, 3}.has("a")));
  EXPECT_TRUE((SuitePart{1, 3}.has("foobar")));
}

TEST(SuitePart, IsWrittenAsItIsRead) {
  const auto shard = parse_suite_part("2/3");
  ASSERT_TRUE(shard);
  EXPECT_EQ(*shard, (SuitePart{2, 3}));
  EXPECT_EQ(shard->text(), "2/3");
  for (const auto* wrong : {"", "2", "2/", "/3", "0/3", "4/3", "-1/3", "2/3/4", "2 / 3", "a/b", "1/0", "1/10001"})
    EXPECT_FALSE(parse_suite_part(wrong)) << wrong;
}

}  // namespace
}  // namespace firstlight::language
