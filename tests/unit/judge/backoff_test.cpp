// The check backoff over synthetic fleets with known laws. Seeds are fixed: a decision rule that is changed meets the
// same fleets.
#include <cmath>

#include "base/random.hpp"
#include "judge/backoff/shape.hpp"
#include "judge/check_context.hpp"
#include "tests/unit/judge/story.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

using journal::Stage;
using ::testing::HasSubstr;
using K = BackoffKind;

enum class Draw { none, full, equal, before_cap, after_cap };

struct Retries {
  K kind = K::exponential;
  Draw draw = Draw::full;
  double base = 0.5;
  double cap = 1000;
  double factor = 2;
};

double unit(std::uint32_t camera, std::uint32_t n) {
  return draw_unit({.seed = 11, .camera = camera, .point = "wait", .attempt = n, .rule = "test"});
}

double wait_of(const Retries& m, std::uint32_t camera, std::uint32_t n) {
  const double u = unit(camera, n);
  const double range = m.kind == K::none       ? 0.001
                       : m.kind == K::constant ? m.base
                       : m.kind == K::linear   ? m.base * n
                                               : m.base * std::pow(m.factor, n - 1);
  const double capped = std::min(range, m.cap);
  switch (m.draw) {
    case Draw::none:
      return capped;
    case Draw::full:
      return capped * u;
    case Draw::equal:
      return capped * (0.5 + u / 2);
    case Draw::before_cap:
      return std::min(range * u, m.cap);
    case Draw::after_cap:
      return capped + m.cap * u;
  }
  return 0;
}

/// Every camera fails `failures` times in a row at MQTT, waits, and is online in the end.
Story fleet(const Retries& m, std::uint32_t cameras, std::uint32_t failures) {
  Story story;
  double last = 0;
  for (std::uint32_t id = 1; id <= cameras; ++id) {
    double t = 0;
    story.on(0, id);
    for (std::uint32_t n = 1; n <= failures; ++n) {
      const auto ms = std::llround(t * 1000);
      story.starts(ms, id, Stage::mqtt_connect, n);
      story.fails(ms + 20, id, Stage::mqtt_connect, "tls-alert", "", n);
      t = static_cast<double>(ms + 20) / 1000 + wait_of(m, id, n) + 0.002;
    }
    const auto ms = std::llround(t * 1000);
    story.starts(ms, id, Stage::mqtt_connect, failures + 1).succeeds(ms + 5, id, Stage::mqtt_connect, failures + 1);
    story.online(ms + 6, id);
    last = std::max(last, t);
  }
  return story.end(std::llround(last * 1000) + 100, "settled");
}

/// The expectation `backoff` with these keys.
std::string backoff(const std::string& keys) {
  return "backoff: {" + keys + "}";
}
std::string kind(K k, const std::string& others = "") {
  return backoff(fmt::format("kind: {}{}", backoff_kind_name(k), others));
}
std::string jitter(bool yes, const std::string& others = "") {
  return backoff(fmt::format("jitter: {}{}", yes, others));
}
Verdict verdict(std::uint32_t cameras, const std::string& e, const Story& story) {
  return judged(cameras, e, story).verdict;
}

struct Law {
  const char* name;
  Retries retries;
  bool jittered;
  std::uint32_t cameras, failures;
};

class Backoff : public testing::TestWithParam<Law> {};

TEST_P(Backoff, IsRecognised) {
  const auto& law = GetParam();
  const auto story = fleet(law.retries, law.cameras, law.failures);
  for (const auto k : {K::none, K::constant, K::linear, K::exponential}) {
    const auto c = judged(law.cameras, kind(k), story);
    EXPECT_EQ(c.verdict == Verdict::pass, k == law.retries.kind) << backoff_kind_name(k) << ": " << c.observed;
    EXPECT_TRUE(k != law.retries.kind || c.evidence.size() == kMostEvidence);
  }
  if (law.retries.kind == K::none) return;
  const auto yes = judged(law.cameras, jitter(true), story);
  EXPECT_EQ(yes.verdict, law.jittered ? Verdict::pass : Verdict::fail) << yes.observed;
  EXPECT_EQ(verdict(law.cameras, jitter(false), story), law.jittered ? Verdict::fail : Verdict::pass);
}

INSTANTIATE_TEST_SUITE_P(
    Laws, Backoff,
    testing::Values(Law{"constant", {K::constant, Draw::none}, false, 20, 4},
                    Law{"constant_full", {K::constant, Draw::full}, true, 20, 5},
                    Law{"constant_equal", {K::constant, Draw::equal}, true, 20, 4},
                    Law{"linear", {K::linear, Draw::none}, false, 20, 4},
                    Law{"linear_full", {K::linear, Draw::full}, true, 100, 8},
                    Law{"linear_equal", {K::linear, Draw::equal}, true, 50, 6},
                    Law{"exponential", {K::exponential, Draw::none}, false, 20, 4},
                    Law{"exponential_full", {K::exponential, Draw::full}, true, 20, 6},
                    Law{"exponential_equal", {K::exponential, Draw::equal}, true, 20, 5},
                    Law{"exponential_capped", {K::exponential, Draw::none, 0.5, 4}, false, 20, 6},
                    Law{"exponential_capped_full", {K::exponential, Draw::full, 0.5, 8}, true, 50, 8},
                    Law{"exponential_slow", {K::exponential, Draw::none, 0.5, 1000, 1.5}, false, 20, 5},
                    Law{"one_camera_exponential", {K::exponential, Draw::none}, false, 1, 8},
                    Law{"one_camera_linear", {K::linear, Draw::none}, false, 1, 8},
                    Law{"one_camera_constant", {K::constant, Draw::none}, false, 1, 8},
                    Law{"none", {K::none, Draw::none}, false, 10, 30}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(BackoffNone, HammeringIsNotExponential) {
  const auto story = fleet({K::none, Draw::none}, 10, 30);
  EXPECT_EQ(verdict(10, kind(K::exponential), story), Verdict::fail);
}

TEST(BackoffKindOf, ConstantIsNotExponentialNorTheReverse) {
  EXPECT_EQ(verdict(40, kind(K::exponential), fleet({K::constant, Draw::full}, 40, 6)), Verdict::fail);
  EXPECT_EQ(verdict(20, kind(K::constant), fleet({K::exponential, Draw::full}, 20, 6)), Verdict::fail);
}

TEST(BackoffTooLittle, IsInconclusiveAndSaysWhy) {
  const auto two = judged(20, kind(K::exponential), fleet({K::exponential, Draw::full}, 20, 2));
  EXPECT_EQ(two.verdict, Verdict::inconclusive);
  EXPECT_THAT(two.observed, HasSubstr("after 2 different numbers of failures are too few"));
  Story none;
  none.on(0, 1).starts(1, 1, Stage::mqtt_connect).online(2, 1).end(10);
  EXPECT_EQ(verdict(1, kind(K::exponential), none), Verdict::inconclusive);
}

// Few cameras with jitter: no verdict is better than a wrong one.
TEST(BackoffTooLittle, NeverBecomesAFailure) {
  for (const std::uint32_t cameras : {1U, 2U, 4U, 8U})
    for (const std::uint32_t failures : {3U, 4U, 6U}) {
      const auto story = fleet({K::exponential, Draw::full}, cameras, failures);
      EXPECT_NE(verdict(cameras, kind(K::exponential), story), Verdict::fail) << cameras << " × " << failures;
      EXPECT_NE(verdict(cameras, jitter(true), story), Verdict::fail) << cameras << " × " << failures;
    }
}

TEST(BackoffJitter, DrawnBeforeTheCapIsLostAtTheCap) {
  const auto story = fleet({K::exponential, Draw::before_cap, 0.5, 2}, 20, 9);
  const auto c = judged(20, jitter(true), story);
  EXPECT_EQ(c.verdict, Verdict::fail) << c.observed;
  EXPECT_THAT(c.observed, HasSubstr("no jitter after failure"));
}

TEST(BackoffAtMost, JitterAfterTheCapExceedsIt) {
  const auto e = backoff("at_most: 2s");
  EXPECT_EQ(verdict(20, e, fleet({K::exponential, Draw::after_cap, 0.5, 2}, 20, 5)), Verdict::fail);
  const auto c = judged(20, e, fleet({K::exponential, Draw::full, 0.5, 2}, 20, 8));
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
}

TEST(BackoffAtLeast, IsAboutTheRangeOfTheFirstWait) {
  const auto e = backoff("at_least: 500ms");
  EXPECT_EQ(verdict(20, e, fleet({}, 20, 3)), Verdict::pass);
  EXPECT_EQ(verdict(20, e, fleet({K::exponential, Draw::full, 0.05}, 20, 3)), Verdict::fail);
  EXPECT_EQ(verdict(1, e, fleet({K::exponential, Draw::full, 0.05}, 1, 1)), Verdict::inconclusive);
  EXPECT_EQ(verdict(20, e, fleet({K::constant, Draw::none, 0.4}, 20, 3)), Verdict::fail)
      << "without jitter it is exact";
}

TEST(BackoffAtLeast, OfAFewShortWaitsNothingIsSaid) {
  const auto e = backoff("at_least: 500ms");
  Story story;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    story.on(0, id).starts(0, id, Stage::config).fails(10, id, Stage::config, "http-timeout");
    story.starts(10 + 8 * id, id, Stage::config, 2);
  }
  const auto c = judged(3, e, story.end(9000));
  EXPECT_EQ(c.verdict, Verdict::inconclusive) << c.observed;
  EXPECT_THAT(c.observed, HasSubstr("rarely so short by chance"));
}

TEST(BackoffRetryAfter, EveryWaitAfterBusyIsAtLeastSoLong) {
  const auto e = backoff("honours_retry_after: 2s");
  const auto told = [](std::int64_t wait_ms) {
    Story story;
    story.on(0, 1).starts(0, 1, Stage::endorse).fails(10, 1, Stage::endorse, "http-status", "HTTP 503");
    return story.starts(10 + wait_ms, 1, Stage::endorse, 2).succeeds(9000, 1, Stage::endorse, 2).end(9100);
  };
  EXPECT_EQ(verdict(1, e, told(2100)), Verdict::pass);
  EXPECT_EQ(verdict(1, e, told(1500)), Verdict::fail);
  Story other;
  other.on(0, 1).fails(10, 1, Stage::endorse, "http-status", "HTTP 500").starts(20, 1, Stage::endorse, 2).end(90);
  EXPECT_EQ(verdict(1, e, other), Verdict::inconclusive);
}

/// Every camera waits so long after its failures in a row, each with HTTP 503.
Story busy(std::uint32_t cameras, std::uint32_t failures, double (*seconds)(std::uint32_t, std::uint32_t)) {
  Story story;
  double last = 0;
  for (std::uint32_t id = 1; id <= cameras; ++id) {
    double t = 0;
    story.on(0, id);
    for (std::uint32_t n = 1; n <= failures + 1; ++n) {
      const auto ms = std::llround(t * 1000);
      story.starts(ms, id, Stage::config, n);
      if (n <= failures) story.fails(ms + 10, id, Stage::config, "http-status", "HTTP 503", n);
      t += 0.01 + seconds(id, n);
    }
    last = std::max(last, t);
  }
  return story.end(std::llround(last * 1000) + 100);
}

/// Every camera fails once at Endorse and once at the config API, and waits so long.
Story two_stages(std::uint32_t cameras, double (*seconds)(std::uint32_t camera, Stage stage)) {
  Story story;
  for (std::uint32_t id = 1; id <= cameras; ++id) {
    const auto ms = [&](Stage stage) { return std::llround(1000 * seconds(id, stage)); };
    story.on(0, id).starts(0, id, Stage::endorse).fails(10, id, Stage::endorse, "http-status", "HTTP 500");
    auto t = 10 + ms(Stage::endorse);
    story.starts(t, id, Stage::endorse, 2).succeeds(t + 5, id, Stage::endorse, 2);
    story.starts(t + 5, id, Stage::config).fails(t + 10, id, Stage::config, "http-status", "HTTP 500");
    t += 10 + ms(Stage::config);
    story.starts(t, id, Stage::config, 2).succeeds(t + 5, id, Stage::config, 2);
  }
  return story.end(9000);
}

// A generator that all cameras seed alike gives them the same wait at Endorse and the same other one later.
TEST(BackoffJitter, IsNotThatTwoStagesWaitDifferently) {
  const auto alike = two_stages(20, [](std::uint32_t, Stage stage) { return stage == Stage::endorse ? 0.33 : 0.97; });
  const auto found = judged(20, jitter(true), alike);
  EXPECT_EQ(found.verdict, Verdict::fail) << found.observed;
  EXPECT_EQ(verdict(20, jitter(false), alike), Verdict::pass);
  const auto drawn = two_stages(20, [](std::uint32_t camera, Stage stage) {
    return unit(camera, stage == Stage::endorse ? 1 : 2) * (stage == Stage::endorse ? 0.5 : 1.5);
  });
  EXPECT_EQ(verdict(20, jitter(true), drawn), Verdict::pass);
}

// Waits that the Retry-After takes up whole have no length of their own, and nothing can be relative to them.
TEST(BackoffRetryAfter, WaitsOfNothingBesideAreNoLevel) {
  const std::string after_busy = ", honours_retry_after: 2s";
  const auto at_least_it = [](std::uint32_t id, std::uint32_t n) {
    return n <= 2 ? 1.999 : std::max(2.0, std::pow(2, n - 2) * (0.9 + 0.2 * unit(id, n)));
  };
  const auto c = judged(10, kind(K::exponential, after_busy), busy(10, 6, at_least_it));
  EXPECT_NE(c.verdict, Verdict::fail) << c.observed;
  EXPECT_THAT(c.observed, testing::Not(HasSubstr("constant, not exponential")));
  EXPECT_NE(judged(10, kind(K::none, after_busy), busy(10, 6, at_least_it)).verdict, Verdict::pass);
}

TEST(BackoffRetryAfter, JitterWithHalfOfTheWaitsNothing) {
  const auto e = jitter(true, ", honours_retry_after: 2s");
  const auto half = [](std::uint32_t id, std::uint32_t n) {
    return (id % 2 == 0 ? 1.5 : 2.0) + (id % 2 == 0 ? 0.0 : unit(id, n));
  };
  EXPECT_THAT(judged(20, e, busy(20, 6, half)).observed, testing::Not(HasSubstr("nan")));
  const Level mostly_none{1, {0, 0, 0, 0, 0, 1, 2, 3}};
  const auto found = find_jitter({mostly_none, {2, mostly_none.seconds}});
  EXPECT_EQ(found.answer, Answer::unknown);
  EXPECT_TRUE(std::isfinite(found.spread));
}

TEST(BackoffGrowth, WithoutAnyFitNothingIsKnown) {
  Growth none;
  none.misfit.fill(INFINITY);
  for (const auto k : {K::none, K::constant, K::linear, K::exponential}) EXPECT_EQ(none.is(k), Answer::unknown);
  EXPECT_EQ(none.grows(), Answer::unknown);
  const auto zeros = find_growth({{1, {1, 1, 1, 1}}, {2, {0, 0}}, {3, {0, 0}}});
  EXPECT_EQ(zeros.is(K::exponential), Answer::unknown) << "of three levels two are no waits at all";
  EXPECT_FALSE(zeros.why_unknown.empty());
}

/// A broker that accepts every session and drops it at once.
Story dropped_sessions(bool reset_by_connack, std::uint32_t cameras, std::uint32_t sessions) {
  Story story;
  std::int64_t last = 0;
  for (std::uint32_t id = 1; id <= cameras; ++id) {
    std::int64_t t = 0;
    story.on(0, id);
    for (std::uint32_t n = 1; n <= sessions; ++n) {
      story.starts(t, id, Stage::mqtt_connect, n).succeeds(t + 5, id, Stage::mqtt_connect, n);
      story.online(t + 6, id).offline(t + 20, id);
      const double range = reset_by_connack ? 0.5 : 0.5 * std::pow(2, n - 1);
      t += 20 + std::llround(1000 * range * unit(id, n));
    }
    story.starts(t, id, Stage::mqtt_connect, sessions + 1);
    last = std::max(last, t);
  }
  return story.end(last + 10);
}

TEST(BackoffResets, AConnackAloneDoesNotOrDoes) {
  const auto stable = backoff("resets: stable"), connack = backoff("resets: connack");
  EXPECT_EQ(verdict(20, stable, dropped_sessions(false, 20, 5)), Verdict::pass);
  EXPECT_EQ(verdict(20, stable, dropped_sessions(true, 20, 5)), Verdict::fail);
  EXPECT_EQ(verdict(20, connack, dropped_sessions(true, 20, 5)), Verdict::pass);
  EXPECT_EQ(verdict(20, connack, dropped_sessions(false, 20, 5)), Verdict::fail);
  EXPECT_EQ(verdict(20, stable, dropped_sessions(false, 20, 2)), Verdict::inconclusive);
  EXPECT_EQ(verdict(20, stable, fleet({}, 20, 5)), Verdict::inconclusive) << "no session was lost";
}

// A camera of which only the lab tells.
TEST(BackoffSeen, FromTheServicesAlone) {
  Story story;
  for (std::uint32_t id = 1; id <= 20; ++id) {
    double t = 0;
    for (std::uint32_t n = 1; n <= 6; ++n) {
      story.refused(std::llround(t * 1000), id, "certificate-expired");
      t += wait_of({}, id, n);
    }
    story.connected(std::llround(t * 1000), id);
  }
  story.end(120'000);
  const auto c = judged(20, kind(K::exponential), story);
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_EQ(verdict(20, jitter(true), story), Verdict::pass);
}

// What the simulated camera says that it will do is no proof that it does it.
TEST(BackoffMeasured, NotWhatTheCameraAnnounces) {
  Story story;
  for (std::uint32_t id = 1; id <= 10; ++id)
    for (std::uint32_t n = 1; n <= 20; ++n) {
      story.starts(n * 10, id, Stage::endorse, n).fails(n * 10 + 5, id, Stage::endorse, "connect-refused", "", n);
      story.add(n * 10 + 5, id,
                journal::RetryScheduled{Stage::endorse, n, 500'000LL << std::min(n, 6U), "connect-refused"});
    }
  story.end(9000);
  EXPECT_EQ(verdict(10, kind(K::exponential), story), Verdict::fail);
  EXPECT_EQ(verdict(10, kind(K::none), story), Verdict::pass);
}

TEST(BackoffCut, ALevelWhoseLongWaitsWereCutOffDoesNotCount) {
  const auto whole = fleet({}, 20, 7);
  auto cut = whole;
  std::erase_if(cut.events, [](const auto& e) { return e.t_ns > 20'000'000'000; });
  cut.end(20'000);
  EXPECT_EQ(verdict(20, kind(K::exponential), cut), Verdict::pass);
}

TEST(BackoffStage, OnlyFailuresOfTheStageAndNoPowerCut) {
  Story story;
  story.on(0, 1).starts(0, 1, Stage::endorse).fails(10, 1, Stage::endorse, "connect-refused");
  story.starts(500, 1, Stage::endorse, 2).fails(510, 1, Stage::endorse, "power-cut", "", 2).on(60'000, 1, 2);
  story.starts(60'000, 1, Stage::config).fails(60'010, 1, Stage::config, "http-timeout");
  story.starts(90'000, 1, Stage::config, 2).end(90'100);
  const auto c = judged(1, backoff("at_most: 1s, stage: endorse"), story);
  EXPECT_EQ(c.verdict, Verdict::pass) << c.observed;
  EXPECT_EQ(verdict(1, backoff("at_most: 1s"), story), Verdict::fail);
}

}  // namespace
}  // namespace firstlight::judge
