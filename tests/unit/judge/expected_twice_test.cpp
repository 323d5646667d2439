// What counts as the same expectation: a second one of the kind that bounds the same thing is a mistake.
#include <gmock/gmock.h>

#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::judge {
namespace {

/// The second one is refused as one that is there already. Everything else in the scenario is right.
bool is_twice(const std::string& first, const std::string& second) {
  const auto loaded = language::load_scenario(
      "name: n\nsummary: s\ntimeout: 60s\ncameras: {count: 100}\n"
      "faults:\n  - {id: cut, at: camera, inject: power-cut, between: [1s, 2s]}\n"
      "expect:\n  - " +
          first + "\n  - " + second + "\n",
      "x.yaml", vocabulary());
  if (loaded) return false;
  EXPECT_EQ(loaded.diagnostics.size(), 1U) << render(loaded.diagnostics);
  EXPECT_THAT(loaded.diagnostics.front().message, testing::HasSubstr("is expected twice; line 8 has it already"));
  return true;
}

struct Two {
  const char *first, *second;
};

class Twice : public testing::TestWithParam<Two> {};
TEST_P(Twice, IsRefused) {
  EXPECT_TRUE(is_twice(GetParam().first, GetParam().second));
}
INSTANTIATE_TEST_SUITE_P(
    All, Twice,
    testing::Values(
        Two{"online: {cameras: all, within: 3s}", "online: {cameras: 100%}"},
        Two{"latency: {stage: total, p50: < 1s, max: < 9s}", "latency: {stage: total, max: < 8s}"},
        Two{"attempts: {to: keys, at_most: 3}", "attempts: {to: keys, at_least: 1, at_most: 2}"},
        Two{"refused: {by: broker, reason: mqtt-refused, cameras: 3}", "refused: {by: broker, reason: mqtt_refused}"},
        Two{"never: {event: http_request, to: keys}", "never: {event: http_served, to: keys}"},
        Two{"order: [power_on, camera_online]", "order: {events: [power_on, camera_online], cameras: 3}"},
        Two{"backoff: {kind: linear, jitter: true}", "backoff: {jitter: false, at_most: 3s}"},
        Two{"backoff: {stage: mqtt_connect, resets: stable}", "backoff: {stage: mqtt_connect, resets: connack}"},
        Two{"recovers: {within: 3s}", "recovers: {cameras: all, within: 9s, after: faults}"},
        Two{"store: {valid: 3, discarded: 2}", "store: {discarded: 3}"},
        Two{"no_secret_leaked: true", "no_secret_leaked: true"}));

class NotTwice : public testing::TestWithParam<Two> {};
TEST_P(NotTwice, IsAllowed) {
  EXPECT_FALSE(is_twice(GetParam().first, GetParam().second));
}
INSTANTIATE_TEST_SUITE_P(
    All, NotTwice,
    testing::Values(
        Two{"online: {cameras: all, within: 3s}", "online: {cameras: 99%, within: 3s}"},
        Two{"latency: {stage: total, p50: < 1s}", "latency: {stage: total, p99: < 8s}"},
        Two{"latency: {stage: config, p50: < 1s}", "latency: {stage: total, p50: < 8s}"},
        Two{"attempts: {to: keys, at_most: 3}", "attempts: {to: keys, at_least: 1}"},
        Two{"attempts: {stage: config, at_most: 3}", "attempts: {to: config_api, at_most: 3}"},
        Two{"refused: {by: broker, reason: mqtt-refused}", "refused: {by: camera, reason: mqtt-refused}"},
        Two{"refused: {by: config_api, reason: http-403}", "refused: {by: config_api, reason: http-403, status: 403}"},
        Two{"never: {event: http_request, to: keys}", "never: {event: http_request, to: keys, after: power_on}"},
        Two{"order: [power_on, camera_online]", "order: [camera_online, power_on]"},
        Two{"backoff: {kind: linear}", "backoff: {jitter: true}"},
        Two{"backoff: {kind: linear}", "backoff: {kind: linear, stage: config}"},
        Two{"recovers: {within: 3s}", "recovers: {within: 3s, after: broker_started}"},
        Two{"store: {valid: 3, discarded: 2}", "store: {discarded: 3, reason: store-corrupt}"},
        Two{"store: {valid: 3}", "store: {warm_boots: 3}"}));

}  // namespace
}  // namespace firstlight::judge
