#include "tests/unit/judge/story.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using journal::Stage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// By that side, for that reason, and with these other keys.
std::string by(const std::string& side, const std::string& reason, const std::string& others = "") {
  return fmt::format("refused: {{by: {}, reason: {}{}{}}}", side, reason, others.empty() ? "" : ", ", others);
}

Story two_of_three_refused() {
  Story story;
  story.refused(10, 1, "certificate-expired").refused(20, 1, "certificate-expired").connected(30, 2);
  return story.refused(40, 3, "certificate-expired").end(100);
}

TEST(Refused, CountsCamerasNotRefusals) {
  const auto c = judged(3, by("broker", "certificate-expired", "cameras: 2"), two_of_three_refused());
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_EQ(c.evidence.size(), 3U);
  EXPECT_THAT(c.evidence[0].text, HasSubstr("certificate-expired"));
}

TEST(Refused, CamerasIsExactAndAtLeastIsNot) {
  const auto too_many = judged(3, by("broker", "certificate-expired", "cameras: 1"), two_of_three_refused());
  EXPECT_EQ(too_many.verdict, Verdict::fail);
  EXPECT_THAT(too_many.cameras, ElementsAre(1, 3));
  const auto too_few = judged(3, by("broker", "certificate-expired", "cameras: 3"), two_of_three_refused());
  EXPECT_EQ(too_few.verdict, Verdict::fail);
  EXPECT_THAT(too_few.cameras, ElementsAre(2));
  EXPECT_EQ(judged(3, by("broker", "certificate-expired", "at_least: 1"), two_of_three_refused()).verdict,
            Verdict::pass);
}

TEST(Refused, AnotherReasonIsToldAndDoesNotCount) {
  const auto c = judged(3, by("broker", "certificate-revoked"), two_of_three_refused());
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.observed, HasSubstr("certificate-expired of 2"));
}

TEST(Refused, NobodyAtTheSideIsInconclusive) {
  EXPECT_EQ(judged(3, by("config_api", "http-403"), two_of_three_refused()).verdict, Verdict::inconclusive);
  EXPECT_EQ(judged(3, by("camera", "config-unusable"), two_of_three_refused()).verdict, Verdict::inconclusive);
}

TEST(Refused, TheConfigApiByTokenErrorAndStatus) {
  Story story;
  story.add(10, 1, journal::TokenRejected{"token-expired", ""}, journal::Source::config_api);
  story.served(11, 1, "config_api", 401).served(12, 2, "config_api", 200).end(20);
  EXPECT_EQ(judged(2, by("config_api", "token-expired", "cameras: 1"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, by("config_api", "token-expired", "cameras: 1, status: 401"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, by("config_api", "token-expired", "cameras: 1, status: 403"), story).verdict, Verdict::fail);
  EXPECT_EQ(judged(2, by("config_api", "http-401"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, by("endorse", "http-401"), story).verdict, Verdict::inconclusive);
}

TEST(Refused, ByTheCameraAtAStage) {
  Story story;
  story.fails(10, 1, Stage::endorse, "tls-peer-untrusted").succeeds(20, 2, Stage::endorse).end(30);
  EXPECT_EQ(judged(2, by("camera", "tls-peer-untrusted", "stage: endorse"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, by("camera", "tls-peer-untrusted", "stage: config"), story).verdict, Verdict::inconclusive);
}

TEST(Refused, TooFewInARunThatWasCutShortIsInconclusiveTooManyIsNot) {
  Story story;
  story.refused(10, 1, "certificate-expired").refused(20, 2, "certificate-expired").end(30, "interrupted");
  EXPECT_EQ(judged(3, by("broker", "certificate-expired", "cameras: 3"), story).verdict, Verdict::inconclusive);
  EXPECT_EQ(judged(3, by("broker", "certificate-expired", "cameras: 1"), story).verdict, Verdict::fail);
  EXPECT_EQ(judged(3, by("broker", "certificate-expired", "cameras: 2"), story).verdict, Verdict::inconclusive)
      << "a third might have come";
}

TEST(Refused, AmongTooFewTheFaultedOnesAreNamed) {
  Story story;
  story.refused(10, 1, "certificate-expired").fires(5, 1).fires(6, 2).connected(20, 2).connected(20, 3).end(30);
  EXPECT_THAT(judged(3, by("broker", "certificate-expired", "cameras: 2"), story).cameras, ElementsAre(2));
}

}  // namespace
}  // namespace firstlight::judge
