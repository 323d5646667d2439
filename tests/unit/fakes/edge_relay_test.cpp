// The relay between a device and Mosquitto, fed with frames: what passes as it is, what is answered by the edge, what
// ends the session, and what the journal is told.
#include "fakes/edge/relay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/edge/client_ids.hpp"

namespace firstlight::fakes::edge {
namespace {

namespace mqtt = wire::mqtt;
using mqtt::Version;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

constexpr const char* kThing = "7C0000000001";

class EdgeRelay : public testing::Test {
 protected:
  Relay make(Version version) {
    Access a;
    a.thing_name = a.client_id = kThing;
    a.policy = std::make_shared<iot::Policy>(iot::Policy::parse(iot::camera_policy_document()).value());
    return Relay(version, a, limits, [this](journal::Payload p) { notes.push_back(std::move(p)); });
  }
  std::optional<End> device(Relay& relay, const std::string& bytes) { return relay.on_device(frame(bytes)); }
  std::optional<End> broker(Relay& relay, const std::string& bytes) { return relay.on_broker(frame(bytes)); }
  static mqtt::Frame frame(const std::string& bytes) {
    const auto f = mqtt::next_frame(bytes, 1 << 20);
    EXPECT_TRUE(f && *f);
    EXPECT_EQ((*f)->total_bytes, bytes.size());
    return **f;
  }
  std::vector<std::string> noted() {
    std::vector<std::string> names;
    for (const auto& n : notes) names.emplace_back(journal::event_name(n));
    return names;
  }
  Limits limits;
  std::vector<journal::Payload> notes;
};

// PUBLISH to `topic`, MQTT 3.1.1 or 5 without properties, by hand: a vector that shares nothing with our encoder.
std::string publish(const std::string& topic, const std::string& payload, int qos, Version v, std::string props = "") {
  std::string body{static_cast<char>(topic.size() >> 8), static_cast<char>(topic.size())};
  body += topic;
  if (qos > 0) body += "\x12\x34";
  if (v == Version::v5) body += static_cast<char>(props.size()) + props;
  body += payload;
  EXPECT_LT(body.size(), 128U);
  return std::string{static_cast<char>(0x30 | qos << 1), static_cast<char>(body.size())} + body;
}

TEST_F(EdgeRelay, AnAllowedPublishPassesAsItIs) {
  for (const auto v : {Version::v3_1_1, Version::v5}) {
    auto relay = make(v);
    const auto bytes = publish("dt/v1/7C0000000001/status", "hello", 1, v);
    EXPECT_FALSE(device(relay, bytes));
    EXPECT_EQ(relay.to_broker, bytes);
    EXPECT_THAT(relay.to_device, IsEmpty());
    const auto& note = std::get<journal::MqttPublished>(notes.back());
    EXPECT_EQ(note.topic, "dt/v1/7C0000000001/status");
    EXPECT_EQ(note.qos, 1U);
    EXPECT_EQ(note.bytes, 5);
  }
}

TEST_F(EdgeRelay, AForeignTopicClosesMqtt311AndIsAnsweredInMqtt5) {
  auto old = make(Version::v3_1_1);
  const auto over = device(old, publish("dt/v1/OTHER/status", "x", 1, Version::v3_1_1));
  ASSERT_TRUE(over);
  EXPECT_EQ(over->aws_reason, "AUTH_ERROR");
  EXPECT_THAT(old.to_broker, IsEmpty());

  auto relay = make(Version::v5);
  EXPECT_FALSE(device(relay, publish("dt/v1/OTHER/status", "x", 1, Version::v5)));
  EXPECT_EQ(relay.to_device, "\x40\x03\x12\x34\x87"s);  // PUBACK, 0x1234, not authorized
  const auto quiet = device(relay, publish("dt/v1/OTHER/status", "x", 0, Version::v5));
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->code, 0x87);
  EXPECT_THAT(relay.to_broker, IsEmpty());
  EXPECT_THAT(noted(), ElementsAre("mqtt_denied", "mqtt_denied", "mqtt_denied"));
}

TEST_F(EdgeRelay, AnAliasNeverReachesMosquitto) {
  auto relay = make(Version::v5);
  const auto alias = "\x23\x00\x01"s;
  EXPECT_FALSE(device(relay, publish("dt/v1/7C0000000001/a", "1", 0, Version::v5, alias)));
  EXPECT_EQ(relay.to_broker, publish("dt/v1/7C0000000001/a", "1", 0, Version::v5));
  relay.to_broker.clear();
  EXPECT_FALSE(device(relay, publish("", "2", 0, Version::v5, alias)));
  EXPECT_EQ(relay.to_broker, publish("dt/v1/7C0000000001/a", "2", 0, Version::v5));
  // A refused packet moves the alias to a foreign topic; using it afterwards must not reach the first one, nor that.
  relay.to_broker.clear();
  EXPECT_FALSE(device(relay, publish("dt/v1/OTHER/a", "3", 1, Version::v5, alias)));
  EXPECT_TRUE(device(relay, publish("", "4", 0, Version::v5, alias)));
  EXPECT_THAT(relay.to_broker, IsEmpty());
}

TEST_F(EdgeRelay, PingsAreAnsweredHere) {
  auto relay = make(Version::v3_1_1);
  EXPECT_FALSE(device(relay, "\xC0\x00"s));
  EXPECT_EQ(relay.to_device, "\xD0\x00"s);
  EXPECT_THAT(relay.to_broker, IsEmpty());
}

TEST_F(EdgeRelay, ADisconnectIsForwardedAndEndsTheSession) {
  auto relay = make(Version::v3_1_1);
  const auto over = device(relay, "\xE0\x00"s);
  ASSERT_TRUE(over);
  EXPECT_TRUE(over->by_disconnect);
  EXPECT_EQ(over->aws_reason, "CLIENT_INITIATED_DISCONNECT");
  EXPECT_EQ(relay.to_broker, "\xE0\x00"s);
}

TEST_F(EdgeRelay, PacketsOfQos2AndServersEndTheSession) {
  for (const auto& bytes : {"\x50\x02\x00\x01"s, "\x62\x02\x00\x01"s, "\x70\x02\x00\x01"s, "\x20\x02\x00\x00"s,
                            "\x90\x03\x00\x01\x00"s, "\xD0\x00"s}) {
    auto relay = make(Version::v3_1_1);
    const auto over = device(relay, bytes);
    ASSERT_TRUE(over);
    EXPECT_EQ(over->aws_reason, "CLIENT_ERROR");
    EXPECT_THAT(relay.to_broker, IsEmpty());
  }
  auto relay = make(Version::v5);
  EXPECT_EQ(device(relay, publish("dt/v1/7C0000000001/a", "x", 2, Version::v5))->code, 0x9B);
}

TEST_F(EdgeRelay, AMixedSubscribeIsSplitAndItsSubackPutTogether) {
  auto relay = make(Version::v5);
  mqtt::Subscribe s;
  s.packet_id = 9;
  s.subscriptions = {{"#", 0}, {"cmd/v1/7C0000000001/req", 1}, {"cmd/v1/OTHER/req", 1}};
  EXPECT_FALSE(device(relay, mqtt::encode(s, Version::v5)));
  const auto sent = std::get<mqtt::Subscribe>(mqtt::decode(frame(relay.to_broker), Version::v5).value());
  ASSERT_EQ(sent.subscriptions.size(), 1U);
  EXPECT_EQ(sent.subscriptions[0].filter, "cmd/v1/7C0000000001/req");
  EXPECT_FALSE(broker(relay, "\x90\x04\x00\x09\x00\x01"s));  // SUBACK 9, no properties, granted QoS 1
  EXPECT_EQ(relay.to_device, "\x90\x06\x00\x09\x00\x87\x01\x87"s);
  const auto& note = std::get<journal::MqttSubscribed>(notes.back());
  EXPECT_THAT(note.filters, ElementsAre("#", "cmd/v1/7C0000000001/req", "cmd/v1/OTHER/req"));
  EXPECT_THAT(note.codes, ElementsAre(0x87, 1, 0x87));
}

TEST_F(EdgeRelay, ASubscribeThatIsRefusedAsAWholeIsAnsweredHere) {
  auto relay = make(Version::v5);
  mqtt::Subscribe s;
  s.packet_id = 9;
  s.subscriptions = {{"#", 0}};
  EXPECT_FALSE(device(relay, mqtt::encode(s, Version::v5)));
  EXPECT_THAT(relay.to_broker, IsEmpty());
  EXPECT_EQ(relay.to_device, "\x90\x04\x00\x09\x00\x87"s);
}

TEST_F(EdgeRelay, AnAllowedSubscribeAndItsSubackPassAsTheyAre) {
  auto relay = make(Version::v3_1_1);
  const auto bytes =
      "\x82\x1C\x00\x05\x00\x17"
      "cmd/v1/7C0000000001/req\x01"s;
  EXPECT_FALSE(device(relay, bytes));
  EXPECT_EQ(relay.to_broker, bytes);
  EXPECT_FALSE(broker(relay, "\x90\x03\x00\x05\x01"s));
  EXPECT_EQ(relay.to_device, "\x90\x03\x00\x05\x01"s);
  EXPECT_THAT(noted(), ElementsAre("mqtt_subscribed"));
}

TEST_F(EdgeRelay, SubscribesWithoutTheirSubackAreBounded) {
  auto relay = make(Version::v3_1_1);
  const auto bytes =
      "\x82\x1C\x00\x05\x00\x17"
      "cmd/v1/7C0000000001/req\x01"s;
  for (std::size_t i = 0; i < limits.pending_subscribes; ++i) EXPECT_FALSE(device(relay, bytes));
  EXPECT_TRUE(device(relay, bytes));
}

TEST_F(EdgeRelay, WhatTheDeviceMayNotReceiveIsDroppedAndAcknowledged) {
  auto relay = make(Version::v3_1_1);
  const auto own = publish("cmd/v1/7C0000000001/req", "x", 1, Version::v3_1_1);
  EXPECT_FALSE(broker(relay, own));
  EXPECT_EQ(relay.to_device, own);
  EXPECT_FALSE(broker(relay, publish("cmd/v1/OTHER/req", "x", 1, Version::v3_1_1)));
  EXPECT_EQ(relay.to_device, own);
  EXPECT_EQ(relay.to_broker, "\x40\x02\x12\x34"s);
  EXPECT_FALSE(broker(relay, publish("cmd/v1/OTHER/req", "x", 0, Version::v3_1_1)));
  EXPECT_EQ(relay.to_broker, "\x40\x02\x12\x34"s);
}

TEST(EdgeClientIds, TheLastClaimHoldsTheId) {
  ClientIds client_ids;
  const SessionAddress a{0, 1}, b{1, 1};
  EXPECT_EQ(client_ids.claim("x", a), std::nullopt);
  EXPECT_EQ(client_ids.claim("y", b), std::nullopt);
  EXPECT_EQ(client_ids.claim("x", b), a);
  client_ids.release("x", a);  // too late: not its own any more
  EXPECT_EQ(client_ids.claim("x", a), b);
  client_ids.release("x", a);
  client_ids.release("y", b);
  EXPECT_EQ(client_ids.size(), 0U);
}

}  // namespace
}  // namespace firstlight::fakes::edge
