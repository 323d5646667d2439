#include "sim/policy.hpp"
#include "sim/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace firstlight::sim {
namespace {

using journal::Stage;
using namespace std::chrono_literals;

Row row(Stage stage, Errc code, unsigned status = 0) {
  Failure f;
  f.stage = stage;
  f.error = code;
  f.http_status = status;
  return classify(f, wire::mqtt::Version::v3_1_1);
}

TEST(Policy, EveryRowStandsInTheDocument) {
  std::ifstream file(std::string(FIRSTLIGHT_SOURCE_DIR) + "/docs/camera-policy.md");
  std::stringstream text;
  text << file.rdbuf();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < kRowCount; ++i) {
    const std::string id(row_id(static_cast<Row>(i)));
    EXPECT_FALSE(id.empty());
    EXPECT_TRUE(ids.insert(id).second) << id;
    EXPECT_NE(text.str().find("\n| `" + id + "` |"), std::string::npos) << id;
  }
}

TEST(Policy, ThePathStandsInTheDocument) {
  std::ifstream file(std::string(FIRSTLIGHT_SOURCE_DIR) + "/docs/camera-policy.md");
  std::stringstream text;
  text << file.rdbuf();
  auto page = text.str();
  std::replace(page.begin(), page.end(), '\n', ' ');  // the path is wrapped like all text
  std::string path;
  for (const auto& stage : journal::kStages) path += "`" + std::string(stage.name) + "` → ";
  EXPECT_NE(page.find("  " + path + "**online**."), std::string::npos) << path;
}

TEST(Policy, StatusByStage) {
  EXPECT_EQ(row(Stage::config, Errc::http_status, 401), Row::http_401);
  EXPECT_EQ(row(Stage::endorse, Errc::http_status, 401), Row::http_403);  // there is no credential to renew
  EXPECT_EQ(row(Stage::verify, Errc::http_status, 404), Row::token);
  EXPECT_EQ(row(Stage::verify, Errc::http_status, 429), Row::http_busy);
  EXPECT_EQ(row(Stage::config, Errc::http_status, 418), Row::http_client);
  EXPECT_EQ(row(Stage::config, Errc::http_status, 503), Row::http_busy);
  EXPECT_EQ(row(Stage::config, Errc::http_status, 502), Row::http_server);
  EXPECT_EQ(row(Stage::config, Errc::http_status, 204), Row::http_server);
}

TEST(Policy, AlertIsARefusalOnlyOfMqtt) {
  EXPECT_EQ(row(Stage::endorse, Errc::tls_alert), Row::transport);
  EXPECT_EQ(row(Stage::mqtt_connect, Errc::tls_alert), Row::mqtt_refused);
  EXPECT_EQ(row(Stage::mqtt_connect, Errc::tls_peer_untrusted), Row::untrusted);
}

TEST(Policy, TemporaryRefusalsByVersion) {
  Failure f;
  f.stage = Stage::mqtt_connect;
  f.error = Errc::mqtt_refused;
  for (const auto& [code, expected] : {std::pair{0x88, Row::mqtt_failed},
                                       {0x97, Row::mqtt_failed},
                                       {0x87, Row::mqtt_refused},
                                       {3, Row::mqtt_refused}}) {
    f.mqtt_code = static_cast<std::uint8_t>(code);
    EXPECT_EQ(classify(f, wire::mqtt::Version::v5), expected) << code;
  }
  f.mqtt_code = std::uint8_t{3};
  EXPECT_EQ(classify(f, wire::mqtt::Version::v3_1_1), Row::mqtt_failed);
}

TEST(Policy, FullJitterIsUniformUnderAnExponentialLimit) {
  RetryPolicy p;
  p.base = 100ms, p.cap = 1s;
  EXPECT_EQ(full_jitter(p, 1, 0.0), 0us);
  EXPECT_EQ(full_jitter(p, 1, 0.5), 50ms);
  EXPECT_EQ(full_jitter(p, 3, 0.5), 200ms);
  EXPECT_EQ(full_jitter(p, 5, 0.5), 500ms);
  EXPECT_EQ(full_jitter(p, 4000000000U, 0.5), 500ms);
  p.jitter = Jitter::none;
  EXPECT_EQ(full_jitter(p, 3, 0.01), 400ms);
}

TEST(Policy, RetryAfter) {
  const auto now = from_unix_seconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 §5.6.7)
  EXPECT_EQ(parse_retry_after("120", now), Micros(120s));
  EXPECT_EQ(parse_retry_after("0", now), Micros(0s));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), Micros(30s));
  for (const char* bad : {"Sun, 06 Nov 1994 08:49:37 GMT", "", "-1", "1.5", "soon", "99999999999"})
    EXPECT_EQ(parse_retry_after(bad, now), std::nullopt) << bad;
}

}  // namespace
}  // namespace firstlight::sim
