// The configuration document: what templates may change, what the server always fills, and in which order.
#include "fakes/config_api/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firstlight::fakes::config_api {
namespace {

using nlohmann::ordered_json;

DeviceFacts facts() {
  DeviceFacts f;
  f.device_id = DeviceId("7CDDDEADBEEF");
  f.certificate_id = CertificateId(std::string(64, 'a'));
  f.certificate_pem = "CERT\n";
  f.private_key_pem = "KEY\n";
  f.ca_certificate_pem = "CA\n";
  f.not_before = from_unix_seconds(1799999940);
  f.not_after = from_unix_seconds(1831536000);
  f.mqtt_endpoint = "localhost";
  f.mqtt_port = 8883;
  return f;
}

ordered_json document(std::string_view site = "", std::string_view device = "") {
  auto merged = merge_over(default_template(), site);
  merged = merge_over(std::move(*merged), device);
  return fill_document(std::move(*merged), facts());
}

std::vector<std::string> names(const ordered_json& object) {
  std::vector<std::string> out;
  for (const auto& item : object.items()) out.push_back(item.key());
  return out;
}

TEST(ConfigDocument, GroupsStandInTheirOrder) {
  EXPECT_THAT(names(document()),
              testing::ElementsAre("device_id", "certificates", "mqtt_config", "kvs_config", "webrtc_config",
                                   "recording", "streaming", "telemetry", "network"));
  // Overrides change values, never the order.
  EXPECT_EQ(names(document(R"({"network":{"mtu":1400},"device_id":"x"})", R"({"telemetry":{"log_level":"debug"}})")),
            names(document()));
}

TEST(ConfigDocument, TheServersPartIsExact) {
  const auto doc = document();
  EXPECT_EQ(doc.at("device_id"), "7CDDDEADBEEF");
  EXPECT_EQ(doc.at("certificates").dump(),
            R"({"certificate_id":")" + std::string(64, 'a') +
                R"(","certificate_pem":"CERT\n","private_key_pem":"KEY\n","ca_certificate_pem":"CA\n",)"
                R"("not_before":"2027-01-15T07:59:00Z","not_after":"2028-01-15T08:00:00Z"})");
  EXPECT_EQ(doc.at("mqtt_config").dump(),
            R"({"endpoint":"localhost","port":8883,"client_id":"7CDDDEADBEEF","keep_alive_seconds":60,)"
            R"("clean_session":true,"topics":{"command_request":"cmd/v1/7CDDDEADBEEF/req",)"
            R"("command_response":"cmd/v1/7CDDDEADBEEF/res","status":"dt/v1/7CDDDEADBEEF/status"}})");
}

TEST(ConfigDocument, PlaceholdersBecomeTheDevicesId) {
  const auto doc = document(R"({"kvs_config":{"tags":["{device_id}/{device_id}"]}})");
  EXPECT_EQ(doc.at("kvs_config").at("stream_name"), "soracam-7CDDDEADBEEF");
  EXPECT_EQ(doc.at("kvs_config").at("tags")[0], "7CDDDEADBEEF/7CDDDEADBEEF");
  EXPECT_EQ(doc.dump().find("{device_id}"), std::string::npos);
}

TEST(ConfigDocument, MergesByRfc7396) {
  const auto doc = document(R"({"recording":{"mode":"continuous","local_storage":null},"streaming":"off"})",
                            R"({"recording":{"segment_seconds":10},"network":{"ntp_servers":["192.0.2.1"]}})");
  EXPECT_EQ(doc.at("recording").at("mode"), "continuous");      // the site's
  EXPECT_EQ(doc.at("recording").at("segment_seconds"), 10);     // the device's
  EXPECT_EQ(doc.at("recording").at("pre_event_seconds"), 5);    // the built-in
  EXPECT_FALSE(doc.at("recording").contains("local_storage"));  // removed
  EXPECT_EQ(doc.at("streaming"), "off");                        // replaced
  EXPECT_EQ(doc.at("network").at("ntp_servers").size(), 1U);    // arrays are replaced whole
}

TEST(ConfigDocument, TheDeviceWinsOverTheSite) {
  const auto doc = document(R"({"telemetry":{"log_level":"warn"}})", R"({"telemetry":{"log_level":"debug"}})");
  EXPECT_EQ(doc.at("telemetry").at("log_level"), "debug");
}

TEST(ConfigDocument, ATemplateCannotTakeTheServersPart) {
  const auto doc =
      document(R"({"device_id":"evil","certificates":{"private_key_pem":"evil"},)"
               R"("mqtt_config":{"client_id":"evil","topics":{"status":"evil"},"endpoint":"mqtt.example"}})");
  EXPECT_EQ(doc.dump().find("evil"), std::string::npos);
  EXPECT_EQ(doc.at("mqtt_config").at("endpoint"), "mqtt.example");  // this one is the template's to say
  EXPECT_EQ(doc.at("mqtt_config").at("port"), 8883);
  EXPECT_EQ(document(R"({"mqtt_config":null})").at("mqtt_config").at("client_id"), "7CDDDEADBEEF");
  EXPECT_EQ(document(R"({"mqtt_config":[1]})").at("mqtt_config").at("client_id"), "7CDDDEADBEEF");
}

TEST(ConfigDocument, OnlyObjectsAreTemplates) {
  for (const std::string text : {"[]", "null", "x", "{", "{\"a\":1,\"a\":2}"}) {
    const auto merged = merge_over(default_template(), text);
    ASSERT_FALSE(merged.has_value()) << text;
    EXPECT_EQ(merged.error().code, Errc::invalid_argument);
  }
  const auto deep = "{\"a\":" + std::string(50'000, '[') + std::string(50'000, ']') + "}";
  EXPECT_FALSE(merge_over(default_template(), deep).has_value());
  EXPECT_EQ(merge_over(default_template(), "")->dump(), default_template().dump());
}

}  // namespace
}  // namespace firstlight::fakes::config_api
