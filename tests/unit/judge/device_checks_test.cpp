// The checks store and no_secret_leaked, attempts to a service, and whether faults fired.
#include "judge/faults_fired.hpp"
#include "tests/unit/judge/story.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Story& stores(Story& story, std::int64_t ms, std::uint32_t camera) {
  return story.add(ms, camera, journal::ConfigStored{"7C", "id", 100});
}
Story& discards(Story& story, std::int64_t ms, std::uint32_t camera, const std::string& reason) {
  return story.add(ms, camera, journal::StoreDiscarded{reason, ""});
}

TEST(Store, ValidIsAboutTheEnd) {
  Story story;
  stores(story, 1, 1), stores(story, 1, 2), discards(story, 5, 2, "certificate-expired"), story.end(10);
  EXPECT_EQ(judged(2, "store: {valid: 1}", story).verdict, Verdict::pass);
  const auto c = judged(2, "store: {valid: 2}", story);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.cameras, ElementsAre(2));
  EXPECT_FALSE(c.evidence.empty());
}

TEST(Store, DiscardedIsExactAndForTheReason) {
  Story story;
  stores(story, 1, 1), discards(story, 5, 1, "store-corrupt"), discards(story, 5, 2, "certificate-expired"),
      story.end(9);
  EXPECT_EQ(judged(3, "store: {discarded: 2}", story).verdict, Verdict::pass);
  EXPECT_EQ(judged(3, "store: {discarded: 1, reason: store-corrupt}", story).verdict, Verdict::pass);
  EXPECT_EQ(judged(3, "store: {discarded: 2, reason: store-corrupt}", story).verdict, Verdict::fail);
  EXPECT_EQ(judged(3, "store: {discarded: 1}", story).verdict, Verdict::fail);
}

TEST(Store, WarmBootsAreThoseAfterTheFirst) {
  Story story;
  story.on(0, 1).online(1, 1).on(2, 1, 2).online(3, 1, true);
  auto once = story;
  EXPECT_EQ(judged(2, "store: {warm_boots: 100%}", once.end(9)).verdict, Verdict::pass);
  story.on(4, 1, 3).online(5, 1, false).end(9);
  EXPECT_EQ(judged(2, "store: {warm_boots: 100%}", story).verdict, Verdict::fail) << "the third boot was cold";
  Story single;
  stores(single, 1, 1).on(0, 1).online(1, 1).end(9);
  EXPECT_EQ(judged(2, "store: {warm_boots: 100%}", single).verdict, Verdict::inconclusive);
}

TEST(Store, AShareOfTheWarmBootsIsOneAtLeast) {
  const std::string some = "store: {warm_boots: 40%}";
  Story cold;
  stores(cold, 1, 1).on(0, 1).online(1, 1).on(2, 1, 2).online(3, 1, false).end(9);
  EXPECT_EQ(judged(5, some, cold).verdict, Verdict::fail) << "40 % of one camera rounds to nobody";
  Story warm;
  stores(warm, 1, 1).on(0, 1).online(1, 1).on(2, 1, 2).online(3, 1, true).end(9);
  EXPECT_EQ(judged(5, some, warm).verdict, Verdict::pass);
}

TEST(Store, WithoutAWordOfAnyStoreItIsInconclusive) {
  Story story;
  story.on(0, 1).end(9);
  EXPECT_EQ(judged(1, "store: {valid: 100%}", story).verdict, Verdict::inconclusive);
}

TEST(NoSecretLeaked, NeedsTrafficAndNamesTheCamera) {
  Story nothing;
  nothing.on(0, 1).end(9);
  EXPECT_EQ(judged(1, "no_secret_leaked: true", nothing).verdict, Verdict::inconclusive);
  Story good;
  good.published(1, 1).end(9);
  EXPECT_EQ(judged(1, "no_secret_leaked: true", good).verdict, Verdict::pass);
  Story bad;
  bad.published(1, 2)
      .add(1, 2, journal::SecretSeen{"mqtt-payload", "private-key"}, journal::Source::edge)
      .end(9, "interrupted");
  const auto c = judged(2, "no_secret_leaked: true", bad);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.cameras, ElementsAre(2));
  EXPECT_THAT(c.observed, HasSubstr("a private-key in mqtt-payload"));
}

TEST(Attempts, ToAService) {
  Story story;
  story.served(1, 1, "config_api", 200).served(2, 1, "config_api", 200).served(2, 2, "endorse", 200).end(9);
  const auto c = judged(2, "attempts: {to: config_api, at_most: 1}", story);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.cameras, ElementsAre(1));
  EXPECT_EQ(c.evidence.size(), 2U);
  EXPECT_EQ(judged(2, "attempts: {to: config_api, at_most: 2}", story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, "attempts: {to: keys, at_most: 2}", story).verdict, Verdict::inconclusive);
}

TEST(FaultsFired, ARuleThatNeverFiredIsInconclusive) {
  Story story;
  story.fires(1, 1, "a").end(9).fires(10, 1, "b");
  const std::vector<FaultRuleId> rules{{"a", 4}, {"b", 8}};
  const auto checks = check_faults_fired(rules, story.events);
  ASSERT_THAT(checks, SizeIs(1));
  EXPECT_EQ(checks[0].expect, "fault b fires");
  EXPECT_EQ(checks[0].line, 8U);
  EXPECT_EQ(checks[0].verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace firstlight::judge
