// The checks that look for events: never, order, recovers.
#include "tests/unit/judge/story.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using journal::Stage;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The expectation `never` with these keys.
std::string never(const std::string& keys) {
  return "never: {" + keys + "}";
}
const std::string kRequestToConfigApi = "event: http_request, to: config_api";
const std::string kOffline = "event: camera_offline";
const std::string kBrokerExited = "event: broker_exited";

TEST(Never, NamesTheFirstEventThatViolatesIt) {
  Story story;
  story.on(0, 1).on(0, 2).served(50, 2, "config_api", 200).served(90, 2, "config_api", 200).end(100);
  const auto c = judged(2, never(kRequestToConfigApi), story);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.cameras, ElementsAre(2));
  EXPECT_THAT(c.observed, HasSubstr("2 http_served of camera 2, the first at 0.050 s"));
  EXPECT_EQ(c.evidence.size(), 2U);
  EXPECT_EQ(c.evidence[0].t_ns, 50'000'000);
  EXPECT_EQ(judged(2, never("event: http_request, to: endorse"), story).verdict, Verdict::pass);
}

TEST(Never, ComparesFieldsStageAndStatus) {
  Story story;
  story.fails(10, 1, Stage::config, "config-unusable").served(20, 1, "endorse", 503).end(30);
  const std::string failed = "event: stage_ended, where: {ok: false, error: config_unusable}";
  EXPECT_EQ(judged(1, never(failed + ", stage: config"), story).verdict, Verdict::fail);
  EXPECT_EQ(judged(1, never(failed + ", stage: endorse"), story).verdict, Verdict::pass);
  const std::string answered = "event: http_request, to: endorse";
  EXPECT_EQ(judged(1, never(answered + ", status: 503"), story).verdict, Verdict::fail);
  EXPECT_EQ(judged(1, never(answered + ", status: 429"), story).verdict, Verdict::pass);
}

TEST(Never, AfterIsPerCameraAndNeedsToHaveHappened) {
  const auto e = never(kRequestToConfigApi + ", after: token_rejected");
  Story story;
  story.on(0, 1).on(0, 2).served(5, 2, "config_api", 200);
  story.add(10, 1, journal::TokenRejected{"token-expired", ""}, journal::Source::config_api);
  story.served(20, 2, "config_api", 200);
  auto good = story;
  EXPECT_EQ(judged(2, e, good.end(30)).verdict, Verdict::pass) << "camera 2 was not rejected";
  story.served(25, 1, "endorse", 200).served(300, 1, "config_api", 200).end(400);
  // The first request that ends after the rejection is the rejected one; see the next test. This one is another.
  const auto c = judged(2, e, story);
  EXPECT_EQ(c.verdict, Verdict::fail) << c.observed;
  EXPECT_THAT(c.cameras, ElementsAre(1));
  Story nothing;
  nothing.on(0, 1).served(5, 1, "config_api", 200).end(10);
  EXPECT_EQ(judged(1, e, nothing).verdict, Verdict::inconclusive);
}

TEST(Never, TheRequestThatWasRejectedIsNotOneAfterTheRejection) {
  const auto e = never(kRequestToConfigApi + ", after: token_rejected");
  Story story;
  story.on(0, 1).add(10, 1, journal::TokenRejected{"token-expired", ""}, journal::Source::config_api);
  // Answered 20 ms later; that it took only 15 ms says that the clock was read late.
  story.served(30, 1, "config_api", 401, 15).end(100);
  EXPECT_EQ(judged(1, e, story).verdict, Verdict::pass);
}

TEST(Never, BeforeEndsTheSearchAndAfterBeginsItAnew) {
  const auto e = never("event: mqtt_published, before: mqtt_subscribed");
  const auto subscribed = journal::MqttSubscribed{"c", {}, {}};
  Story good;
  good.on(0, 1).add(10, 1, subscribed, journal::Source::edge).published(20, 1).end(30);
  EXPECT_EQ(judged(1, e, good).verdict, Verdict::pass);
  Story bad;
  bad.on(0, 1).published(5, 1).end(30);
  EXPECT_EQ(judged(1, e, bad).verdict, Verdict::fail) << "it never subscribed";
  Story neither;
  neither.on(0, 1).end(30);
  EXPECT_EQ(judged(1, e, neither).verdict, Verdict::inconclusive);

  const auto again = never("event: mqtt_published, after: mqtt_connected, before: mqtt_subscribed");
  Story second;
  second.connected(1, 1).add(2, 1, subscribed, journal::Source::edge).published(3, 1).connected(10, 1).published(11, 1);
  EXPECT_EQ(judged(1, again, second.end(30)).verdict, Verdict::fail) << "after the second connection it did not wait";
}

TEST(Never, OfCertainCamerasOnly) {
  Story story;
  story.on(0, 1).on(0, 2).fires(1, 1).offline(10, 1).end(30);
  EXPECT_EQ(judged(2, never(kOffline + ", cameras: healthy"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(2, never(kOffline + ", cameras: faulted"), story).verdict, Verdict::fail);
  EXPECT_EQ(judged(2, never(kOffline + ", cameras: [2]"), story).verdict, Verdict::pass);
  EXPECT_EQ(judged(3, never(kOffline + ", cameras: [3]"), story).verdict, Verdict::inconclusive)
      << "camera 3 was never seen";
}

TEST(Never, AfterTheFaultsMeansTheLastFiring) {
  const auto e = never(kOffline + ", after: faults");
  Story story;
  story.on(0, 1).offline(10, 1).fires(20, 0).end(30);
  EXPECT_EQ(judged(1, e, story).verdict, Verdict::pass);
  Story late;
  late.on(0, 1).fires(5, 0).offline(10, 1).end(30);
  EXPECT_EQ(judged(1, e, late).verdict, Verdict::fail);
  Story none;
  none.on(0, 1).end(30);
  EXPECT_EQ(judged(1, e, none).verdict, Verdict::inconclusive);
}

Story& exits(Story& story, std::int64_t ms) {
  return story.add(ms, 0, journal::BrokerExited{7, 9, false}, journal::Source::broker);
}

TEST(Never, FindsWhatIsOfNoCamera) {
  const auto e = never(kBrokerExited + ", where: {expected: false}");
  Story story;
  story.on(0, 1).online(100, 1);
  auto good = story;
  const auto fine = judged(1, e, good.end(9000));
  EXPECT_EQ(fine.verdict, Verdict::pass);
  EXPECT_EQ(fine.observed, "no broker_exited");
  const auto c = judged(1, e, exits(story, 5000).end(9000));
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_EQ(c.observed, "1 broker_exited, the first at 5.000 s");
  EXPECT_THAT(c.cameras, testing::IsEmpty());
  EXPECT_EQ(c.evidence.size(), 1U);
  Story alone;
  EXPECT_EQ(judged(1, e, exits(alone, 5000).end(9000)).verdict, Verdict::fail) << "no camera is needed to see it";
  Story nothing;
  EXPECT_EQ(judged(1, e, nothing.end(9000)).verdict, Verdict::inconclusive);
}

TEST(Never, FindsWhatNoCameraIsKnownOf) {
  const auto by_a_stranger = journal::SecretSeen{"url", "token"};
  const auto revoked = journal::CertificateStatusChanged{"id", "REVOKED"};
  Story story;
  story.on(0, 1).add(10, 0, by_a_stranger, journal::Source::config_api).add(11, 0, revoked, journal::Source::iot);
  story.add(12, 1, by_a_stranger, journal::Source::config_api).end(30);
  const auto c = judged(2, never("event: secret_seen"), story);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_EQ(c.observed, "2 secret_seen of camera 1, the first at 0.010 s");
  EXPECT_EQ(judged(2, never("event: certificate_status_changed"), story).verdict, Verdict::fail);
  const auto of_one = never("event: certificate_status_changed, cameras: [1]");
  EXPECT_EQ(judged(2, of_one, story).verdict, Verdict::pass) << "it is not known to be of camera 1";
}

TEST(Never, OfNoCameraOnlyBetweenItsMoments) {
  const auto e = never(kBrokerExited + ", after: broker_started");
  const auto started = journal::BrokerStarted{7, 1};
  Story story;
  exits(story.on(0, 1), 10).add(20, 0, started, journal::Source::broker);
  auto good = story;
  EXPECT_EQ(judged(1, e, good.end(90)).verdict, Verdict::pass);
  EXPECT_EQ(judged(1, e, exits(story, 30).end(90)).verdict, Verdict::fail);
  Story fired;
  EXPECT_EQ(judged(1, never(kBrokerExited + ", after: faults"), exits(fired.on(0, 1).fires(5, 1), 10).end(90)).verdict,
            Verdict::fail);
}

TEST(Never, SaysInGoodEnglishThatNothingFired) {
  const auto e = never(kOffline + ", after: faults");
  Story story;
  EXPECT_EQ(judged(1, e, story.on(0, 1).end(9)).observed, "there was no fault_fired, so nothing could come after it");
}

TEST(Never, WhatDidNotHappenInARunThatWasCutShortIsNotProved) {
  Story story;
  story.on(0, 1).end(30, "interrupted");
  EXPECT_EQ(judged(1, never(kOffline), story).verdict, Verdict::inconclusive);
  Story bad;
  bad.on(0, 1).offline(10, 1).end(30, "interrupted");
  EXPECT_EQ(judged(1, never(kOffline), bad).verdict, Verdict::fail);
}

TEST(Never, TheTeardownIsNotLookedAt) {
  Story story;
  story.on(0, 1).end(30).offline(31, 1, "stopped");
  EXPECT_EQ(judged(1, never(kOffline), story).verdict, Verdict::pass);
}

TEST(Order, FirstOccurrencesPerCamera) {
  const std::string e = "order: [mqtt_connected, camera_online]";
  Story good;
  good.on(0, 1).connected(1, 1).online(2, 1).connected(3, 1).on(0, 2).connected(4, 2).end(9);
  EXPECT_EQ(judged(2, e, good).verdict, Verdict::pass) << "camera 2 has not come so far";
  Story bad;
  bad.online(2, 1).connected(3, 1).connected(1, 2).online(2, 2).end(9);
  const auto c = judged(2, e, bad);
  EXPECT_EQ(c.verdict, Verdict::fail);
  EXPECT_THAT(c.cameras, ElementsAre(1));
  Story skipped;
  skipped.online(2, 1).end(9);
  EXPECT_EQ(judged(1, e, skipped).verdict, Verdict::fail) << "what had to come before is missing";
}

TEST(Order, NothingToLookAt) {
  const std::string e = "order: [mqtt_connected, camera_online]";
  Story none;
  none.on(0, 1).end(9);
  EXPECT_EQ(judged(1, e, none).verdict, Verdict::inconclusive);
  Story begun;
  begun.connected(1, 1).end(9);
  EXPECT_EQ(judged(1, e, begun).verdict, Verdict::inconclusive);
  const std::string one = "order: {events: [mqtt_connected, camera_online], cameras: 1}";
  EXPECT_EQ(judged(1, one, begun).verdict, Verdict::fail) << "one camera had to have both";
}

TEST(Order, WhatIsOfNoCameraCountsForEachAndMakesNobodyBegin) {
  const std::string e = "order: [broker_started, camera_online]";
  const auto started = journal::BrokerStarted{7, 1};
  Story good;
  good.add(1, 0, started, journal::Source::broker).on(2, 1).online(3, 1).on(4, 2).end(9);
  const auto c = judged(2, e, good);
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_THAT(c.observed, HasSubstr("1 of 2 cameras have all 2 events"));
  EXPECT_EQ(judged(2, "order: {events: [broker_started, camera_online], cameras: 2}", good).verdict, Verdict::fail)
      << "camera 2 never was online";
  Story late;
  late.on(0, 1).online(3, 1).add(5, 0, started, journal::Source::broker).end(9);
  EXPECT_EQ(judged(1, e, late).verdict, Verdict::fail);
  Story nobody;
  nobody.add(1, 0, started, journal::Source::broker).on(2, 1).end(9);
  EXPECT_EQ(judged(1, e, nobody).verdict, Verdict::inconclusive);

  const std::string last = "order: [mqtt_connected, camera_online, broker_exited]";
  Story part;
  part.connected(1, 1).online(2, 1).connected(3, 2);
  EXPECT_EQ(judged(2, last, exits(part, 5).end(9)).verdict, Verdict::pass) << "camera 2 came only part of the way";
}

TEST(Order, ARequestHappensWhenItArrives) {
  const std::string e = "order: [{event: http_request, to: endorse}, token_issued]";
  Story story;
  story.add(10, 1, journal::TokenIssued{}, journal::Source::endorse).served(12, 1, "endorse", 200, 5).end(20);
  EXPECT_EQ(judged(1, e, story).verdict, Verdict::pass);
}

TEST(Recovers, CountsFromTheLastFiringUntilAllAreBackForGood) {
  Story story;
  story.online(100, 1).online(100, 2).fires(1000, 1).offline(1001, 1).offline(1002, 2);
  story.online(1500, 1).online(4000, 2).end(9000);
  const auto c = judged(2, "recovers: {within: 3000ms}", story);
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_THAT(c.observed, HasSubstr("online for good 3.000 s after"));
  const auto late = judged(2, "recovers: {within: 2999ms}", story);
  EXPECT_EQ(late.verdict, Verdict::fail);
  EXPECT_THAT(late.cameras, ElementsAre(2));
}

TEST(Recovers, ACameraThatFallsAgainHasNotRecovered) {
  Story story;
  story.online(100, 1).fires(1000, 1).offline(1001, 1).online(1100, 1).offline(5000, 1).online(6000, 1).end(9000);
  EXPECT_EQ(judged(1, "recovers: {within: 2s}", story).verdict, Verdict::fail);
}

TEST(Recovers, WithoutAFiringOrWithoutTimeItIsInconclusive) {
  Story none;
  none.online(100, 1).end(9000);
  EXPECT_EQ(judged(1, "recovers: {within: 2s}", none).verdict, Verdict::inconclusive);
  Story early;
  early.online(100, 1).fires(1000, 1).offline(1001, 1).end(2000);
  EXPECT_EQ(judged(1, "recovers: {within: 2s}", early).verdict, Verdict::inconclusive);
  Story settled;
  settled.online(100, 1).fires(1000, 1).offline(1001, 1);
  settled.add(1500, 1, journal::CameraGaveUp{Stage::mqtt_connect, "connect-refused", ""}).end(1600, "settled");
  EXPECT_EQ(judged(1, "recovers: {within: 2s}", settled).verdict, Verdict::fail);
}

/// With one rule `r` at a link.
CheckResult recovers_from(const std::optional<fault::Window>& between, const std::optional<fault::Trigger>& after,
                          const std::string& within, const Story& story) {
  auto s = scenario(1, {"recovers: {within: " + within + "}"});
  FaultRule rule;
  rule.id = "r";
  rule.at = "link.mqtt";
  rule.between = between;
  rule.after = after;
  s.faults.push_back(std::move(rule));
  return judge(s, 1, story.events, "").checks.front();
}

TEST(Recovers, NotWhileTheFaultMayStillLast) {
  Story story;
  story.on(0, 1).online(1000, 1).fires(2000, 1).end(3100, "settled");
  const fault::Trigger after{"camera_online", Duration{0}, 20s};
  const auto c = recovers_from({}, after, "5s", story);
  EXPECT_EQ(c.verdict, Verdict::inconclusive);
  EXPECT_THAT(c.observed, HasSubstr("the run ended while a fault lasted: its window ends at 21.000 s"));
  EXPECT_EQ(recovers_from(fault::Window{Duration{0}, 4s}, {}, "5s", story).verdict, Verdict::inconclusive);
  EXPECT_EQ(recovers_from(fault::Window{Duration{0}, 3s}, {}, "5s", story).verdict, Verdict::pass);
}

TEST(Recovers, AWindowThatAnEventOpensLastsFromThatEventAndNotFromEachFiring) {
  Story story;
  story.on(0, 1).online(1000, 1).fires(1100, 1).offline(1100, 1).fires(2900, 1).online(4000, 1).end(4100, "settled");
  const fault::Trigger after{"camera_online", 100ms, 2s};
  const auto c = recovers_from({}, after, "1s", story);
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_THAT(c.observed, HasSubstr("0.900 s after the end of the faults at 3.100 s"));
}

TEST(Recovers, AfterAnEvent) {
  Story story;
  story.online(100, 1).add(500, 0, journal::BrokerStarted{1, 1}, journal::Source::broker).end(9000);
  EXPECT_EQ(judged(1, "recovers: {within: 2s, after: broker_started}", story).verdict, Verdict::pass);
  EXPECT_EQ(judged(1, "recovers: {within: 2s, after: broker_exited}", story).verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace firstlight::judge
