// The text of an expectation in reports is one that the loader reads back.
#include <gmock/gmock.h>

#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::language {
namespace {

LoadResult load_one(const std::string& expectation) {
  return load_scenario(
      "name: n\nsummary: s\ntimeout: 60s\ncameras: {count: 100}\n"
      "faults:\n  - {id: cut, at: camera, inject: power-cut, between: [1s, 2s]}\n"
      "expect:\n  - " +
          expectation + "\n",
      "x.yaml", judge::vocabulary());
}

class ExpectationText : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ExpectationText, IsTheLanguageAgain) {
  const auto& [written, shown] = GetParam();
  const auto loaded = load_one(written);
  ASSERT_TRUE(loaded) << render(loaded.diagnostics);
  const auto text = loaded.scenario->expect.front().text();
  EXPECT_EQ(text, *shown == '\0' ? written : shown);
  const auto again = load_one(text);
  ASSERT_TRUE(again) << render(again.diagnostics);
  EXPECT_EQ(again.scenario->expect.front().text(), text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpectationText,
    testing::Values(
        std::pair("attempts: {to: config_api, at_most: 1}", ""),
        std::pair("refused: {by: broker, reason: certificate_expired, cameras: 20%}",
                  "refused: {by: broker, reason: certificate-expired, cameras: 20%}"),
        std::pair("refused: {by: config_api, reason: token-expired, at_least: 3, status: 401}", ""),
        std::pair("refused: {by: endorse, reason: http-403}", ""),
        std::pair("refused: {by: camera, reason: tls-peer-untrusted, stage: endorse}", ""),
        std::pair("never: {event: http_request, to: config_api, after: token_rejected}",
                  "never: {event: http_served, to: config_api, after: token_rejected}"),
        std::pair("never: {event: tls_failed, to: mqtt, cameras: healthy, after: faults}", ""),
        std::pair("never: {event: stage_ended, stage: config, where: {ok: false, error: \"a b\"}, cameras: 3..7}", ""),
        std::pair("never: {event: http_served, status: 503, cameras: [9, 3]}",
                  "never: {event: http_served, status: 503, cameras: [3, 9]}"),
        std::pair("never: {event: mqtt_published, after: mqtt_connected, before: {event: mqtt_subscribed, where: "
                  "{codes: 1}}}",
                  ""),
        std::pair("never: {event: broker_exited, where: {status: -1, expected: false}, after: broker_started}", ""),
        std::pair("never: {event: secret_seen, where: {where: client-id}}", ""),
        std::pair("order: [broker_started, camera_online]", ""),
        std::pair("order: [power_on, {event: stage_ended, stage: status}, camera_online]", ""),
        std::pair("order: {events: [mqtt_connected, camera_online], cameras: 50%}", ""),
        std::pair("backoff: {kind: exponential, jitter: true, at_least: 500ms, at_most: 30s, stage: mqtt_connect, "
                  "honours_retry_after: 2s, resets: stable}",
                  ""),
        std::pair("recovers: {within: 20s}", "recovers: {cameras: 100%, within: 20s, after: faults}"),
        std::pair("recovers: {cameras: 12, within: 20s, after: broker_started}", ""),
        std::pair("store: {valid: 100%, warm_boots: 80%, discarded: 20%, reason: store-corrupt}", ""),
        std::pair("no_secret_leaked: true", "")));

}  // namespace
}  // namespace firstlight::language
