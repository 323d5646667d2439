// What a camera reads: its configuration, commands, URLs.
#include "sim/commands.hpp"
#include "sim/url.hpp"
#include "world.hpp"

namespace firstlight::sim {
namespace {

using Json = nlohmann::ordered_json;

TEST(DeviceConfigForm, ReadsWhatItUsesAndToleratesTheRest) {
  auto document = config_document();
  document["new_group"] = {{"a", 1}};
  const auto c = parse_device_config(document.dump());
  ASSERT_TRUE(c) << c.error().text();
  EXPECT_EQ(c->device_id, kDevice);
  EXPECT_EQ(c->port, 8883);
  EXPECT_EQ(c->keep_alive_seconds, 60);
  EXPECT_EQ(c->topics.status, "dt/v1/7CDDDEADBEEF/status");
  const auto again = parse_device_config(format_device_config(*c));
  ASSERT_TRUE(again);
  EXPECT_EQ(format_device_config(*again), format_device_config(*c));
  EXPECT_EQ(again->private_key_pem, c->private_key_pem);
}

TEST(DeviceConfigForm, EveryMemberIsNeededAndOfItsType) {
  for (const char* pointer :
       {"/device_id", "/certificates", "/certificates/certificate_id", "/certificates/certificate_pem",
        "/certificates/private_key_pem", "/certificates/ca_certificate_pem", "/mqtt_config", "/mqtt_config/endpoint",
        "/mqtt_config/port", "/mqtt_config/client_id", "/mqtt_config/keep_alive_seconds", "/mqtt_config/clean_session",
        "/mqtt_config/topics", "/mqtt_config/topics/command_request", "/mqtt_config/topics/command_response",
        "/mqtt_config/topics/status"}) {
    for (const auto& wrong : {Json(nullptr), Json(-1), Json(Json::array())}) {
      const Json::json_pointer at(pointer);
      auto document = config_document();
      document[at] = wrong;
      const auto c = parse_device_config(document.dump());
      ASSERT_FALSE(c) << pointer << " = " << wrong;
      EXPECT_EQ(c.error().code, Errc::config_malformed);
    }
    auto document = config_document();
    const Json::json_pointer at(pointer);
    document[at.parent_pointer()].erase(at.back());
    EXPECT_FALSE(parse_device_config(document.dump())) << pointer;
  }
}

TEST(DeviceConfigForm, RangesAndForms) {
  const auto rejects = [](const char* pointer, const Json& value, const std::string& member) {
    auto document = config_document();
    document[Json::json_pointer(pointer)] = value;
    const auto c = parse_device_config(document.dump());
    ASSERT_FALSE(c) << pointer << " = " << value;
    EXPECT_EQ(c.error().detail, member);
  };
  rejects("/mqtt_config/port", 0, "mqtt_config.port");
  rejects("/mqtt_config/port", 65536, "mqtt_config.port");
  rejects("/mqtt_config/keep_alive_seconds", 65536, "mqtt_config.keep_alive_seconds");
  rejects("/mqtt_config/endpoint", "a/b", "mqtt_config.endpoint");
  rejects("/mqtt_config/topics/status", "dt/+/status", "mqtt_config.topics.status");
  rejects("/telemetry/status_interval_seconds", "5", "telemetry.status_interval_seconds");
  for (const char* bad : {"", "null", "[]", "{", "{} {}", "\"x\""}) EXPECT_FALSE(parse_device_config(bad)) << bad;
}

TEST(Commands, KindsAndAnswers) {
  const auto answer = [](const char* payload) {
    return format_answer(parse_command(payload), R"({"state":"online"})");
  };
  EXPECT_EQ(answer(R"({"request_id":"a","command":"ping"})"),
            R"({"request_id":"a","command":"ping","status":"ok","result":{"pong":true}})");
  EXPECT_EQ(answer(R"({"request_id":"a","command":"get_status"})"),
            R"({"request_id":"a","command":"get_status","status":"ok","result":{"state":"online"}})");
  EXPECT_EQ(answer(R"({"request_id":"a","command":"Ping"})"),
            R"({"request_id":"a","command":"Ping","status":"error",)"
            R"("error":{"code":"unknown-command","message":"there is no such command"}})");
}

TEST(Commands, Malformed) {
  for (const char* bad :
       {"", "[]", "{", "{}", R"({"command":"ping"})", R"({"request_id":1,"command":"ping"})",
        R"({"request_id":"","command":"ping"})", R"({"request_id":"a"})", R"({"request_id":"a","command":5})",
        R"({"request_id":"a","command":"ping","parameters":[]})", "{\"request_id\":\"\xff\",\"command\":\"ping\"}"}) {
    const auto c = parse_command(bad);
    EXPECT_EQ(c.kind, Command::Kind::malformed) << bad;
    const auto doc = Json::parse(format_answer(c, "{}"));
    EXPECT_EQ(doc["status"], "error");
    EXPECT_EQ(doc["error"]["code"], "malformed-request");
  }
  EXPECT_EQ(Json::parse(format_answer(parse_command("{}"), "{}"))["request_id"], nullptr);
  const auto long_name = fmt::format(R"({{"request_id":"a","command":"{}"}})", std::string(65, 'x'));
  EXPECT_EQ(parse_command(long_name).kind, Command::Kind::malformed);
}

TEST(Url, Parts) {
  const auto u = parse_https_url("https://Config.example:8443/v1/me?a=b#fragment");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->host, "Config.example");
  EXPECT_EQ(u->port, 8443);
  EXPECT_EQ(u->target, "/v1/me?a=b");
  EXPECT_EQ(u->authority(), "Config.example:8443");
  EXPECT_EQ(parse_https_url("https://h")->target, "/");
  EXPECT_EQ(parse_https_url("https://h?x=1")->target, "/?x=1");
  EXPECT_EQ(parse_https_url("https://h")->authority(), "h");
  const auto six = parse_https_url("https://[::1]:1/");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->authority(), "[::1]:1");
}

TEST(Url, Refused) {
  for (const char* bad : {"http://h/", "HTTPS://h", "", "h", "https://", "https:///x", "https://u@h/", "https://h:0/",
                          "https://h:65536/", "https://h:/", "https://h:x/", "https://h h/", "https://h/a b",
                          "https://h/\r\nX: y", "https://[::1", "https://[::1]x", "https://[]/"})
    EXPECT_FALSE(parse_https_url(bad)) << bad;
}

}  // namespace
}  // namespace firstlight::sim
