// Packets as bytes: captured from Mosquitto 2.0.11 and its clients (mosquitto_sub -U, mosquitto_pub -D …), or written
// by hand after the examples of MQTT 3.1.1 and 5.0.
#include "wire/mqtt.hpp"

#include <gtest/gtest.h>

namespace firstlight::wire::mqtt {
namespace {

constexpr auto v3 = Version::v3_1_1;
constexpr auto v5 = Version::v5;
constexpr std::size_t kAnySize = 268'435'460;

std::string bytes_of(std::string_view hex) {
  std::string out;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = value;
    } else {
      out += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return out;
}

result<Packet> packet(std::string_view bytes, Version version) {
  const auto frame = next_frame(bytes, kAnySize);
  if (!frame) return frame.error();
  if (!*frame) return Error(Errc::connection_closed, "incomplete");
  EXPECT_EQ((*frame)->total_bytes, bytes.size());
  return decode(**frame, version);
}

template <class T>
T decoded(std::string_view hex, Version version) {
  const auto bytes = bytes_of(hex);
  const auto p = packet(bytes, version);
  if (!p) {
    ADD_FAILURE() << hex << ": " << p.error().text();
    return {};
  }
  if (!std::holds_alternative<T>(*p)) {
    ADD_FAILURE() << hex << ": another kind of packet";
    return {};
  }
  EXPECT_EQ(encode(*p, version), bytes) << hex;
  return std::get<T>(*p);
}

std::string outcome(std::string_view hex, Version version) {
  const auto p = packet(bytes_of(hex), version);
  return p ? "ok" : std::string(p.error().name());
}
std::string detail(std::string_view hex, Version version) {
  const auto p = packet(bytes_of(hex), version);
  return p ? "ok" : p.error().detail;
}

using Integers = std::vector<std::pair<std::uint8_t, std::uint32_t>>;
using Strings = std::vector<std::pair<std::uint8_t, std::string>>;
using User = std::vector<std::pair<std::string, std::string>>;
using Codes = std::vector<std::uint8_t>;

constexpr auto kConnect3 = "102200044d51545404ce001e000273310003772f740004676f6e65000363616d00027077";
constexpr auto kConnect5 =
    "102c00044d51545405ce001e08110000003c21001400027331000003772f740004676f6e65000363616d00027077";
constexpr auto kPublish3 = "3225001964742f76312f4141424243434444454546462f73746174757300017b226f6e223a317d";
constexpr auto kPublish5 =
    "3441001964742f76312f4141424243434444454546462f73746174757300011b0b072600016b00017603000a746578742f706c61696e020000"
    "0e107b226f6e223a317d";
constexpr auto kSubscribe3 = "82130001000e64742f76312f2b2f73746174757301";
constexpr auto kSubscribe5 = "82160001020b07000e64742f76312f2b2f73746174757302";

TEST(MqttMosquitto, ConnectOfVersion3) {
  const auto p = decoded<Connect>(kConnect3, v3);
  EXPECT_EQ(p.version, v3);
  EXPECT_EQ(p.client_id, "s1");
  EXPECT_TRUE(p.clean_session);
  EXPECT_EQ(p.keep_alive_seconds, 30);
  ASSERT_TRUE(p.will);
  EXPECT_EQ(p.will->topic, "w/t");
  EXPECT_EQ(p.will->payload, "gone");
  EXPECT_EQ(p.will->qos, 1);
  EXPECT_FALSE(p.will->retain);
  EXPECT_EQ(p.username, "cam");
  EXPECT_EQ(p.password, "pw");
}

TEST(MqttMosquitto, ConnectOfVersion5) {
  const auto p = decoded<Connect>(kConnect5, v3);  // the packet's own version counts
  EXPECT_EQ(p.version, v5);
  EXPECT_EQ(p.client_id, "s1");
  EXPECT_EQ(p.properties.integers, (Integers{{property::kSessionExpiry, 60}, {property::kReceiveMaximum, 20}}));
  EXPECT_EQ(p.will->payload, "gone");
  EXPECT_TRUE(p.will->properties.empty());
  EXPECT_EQ(p.password, "pw");
}

TEST(MqttMosquitto, Connack) {
  EXPECT_EQ(decoded<Connack>("20020000", v3).code, 0);
  const auto p = decoded<Connack>("200900000622000a210014", v5);
  EXPECT_FALSE(p.session_present);
  EXPECT_EQ(p.properties.integer(property::kTopicAliasMaximum), 10U);
  EXPECT_EQ(p.properties.integer(property::kReceiveMaximum), 20U);
  EXPECT_EQ(p.properties.integer(property::kServerKeepAlive), std::nullopt);
}

TEST(MqttMosquitto, Publish) {
  const auto zero = decoded<Publish>("3023001964742f76312f4141424243434444454546462f7374617475737b226f6e223a317d", v3);
  EXPECT_EQ(zero.topic, "dt/v1/AABBCCDDEEFF/status");
  EXPECT_EQ(zero.payload, R"({"on":1})");
  EXPECT_EQ(zero.qos, 0);
  const auto one = decoded<Publish>(kPublish3, v3);
  EXPECT_EQ(one.qos, 1);
  EXPECT_EQ(one.packet_id, 1);
  EXPECT_FALSE(one.dup || one.retain);
}

TEST(MqttMosquitto,
     PublishOfVersion5) {  // properties are grouped by type here, so the bytes may come back in another order
  const auto p = packet(bytes_of(kPublish5), v5);
  ASSERT_TRUE(p) << p.error().text();
  const auto& publish = std::get<Publish>(*p);
  EXPECT_EQ(publish.qos, 2);
  EXPECT_EQ(publish.packet_id, 1);
  EXPECT_EQ(publish.payload, R"({"on":1})");
  EXPECT_EQ(publish.properties.integers, (Integers{{0x0B, 7}, {0x02, 3600}}));
  EXPECT_EQ(publish.properties.strings, (Strings{{0x03, "text/plain"}}));
  EXPECT_EQ(publish.properties.user, (User{{"k", "v"}}));
}

TEST(MqttMosquitto, SubscribeAndUnsubscribe) {
  const auto s3 = decoded<Subscribe>(kSubscribe3, v3);
  ASSERT_EQ(s3.subscriptions.size(), 1U);
  EXPECT_EQ(s3.packet_id, 1);
  EXPECT_EQ(s3.subscriptions[0].filter, "dt/v1/+/status");
  EXPECT_EQ(s3.subscriptions[0].options, 1);
  EXPECT_EQ(decoded<Subscribe>(kSubscribe5, v5).properties.integer(0x0B), 7U);
  EXPECT_EQ(decoded<Suback>("9003000101", v3).codes, Codes{1});
  EXPECT_EQ(decoded<Suback>("900400010002", v5).codes, Codes{2});
  EXPECT_EQ(decoded<Unsubscribe>("a20d000200096f6c642f746f706963", v3).filters, std::vector<std::string>{"old/topic"});
  EXPECT_EQ(decoded<Unsubscribe>("a20e00020000096f6c642f746f706963", v5).packet_id, 2);
  EXPECT_EQ(decoded<Unsuback>("b0020002", v3).packet_id, 2);
  EXPECT_EQ(decoded<Unsuback>("b00400020011", v5).codes, Codes{0x11});
}

TEST(MqttMosquitto, AcksAndDisconnect) {
  for (const auto version : {v3, v5}) {
    EXPECT_EQ(decoded<Ack>("40020001", version).type, PacketType::puback);
    EXPECT_EQ(decoded<Ack>("50020001", version).type, PacketType::pubrec);
    EXPECT_EQ(decoded<Ack>("62020001", version).type, PacketType::pubrel);
    EXPECT_EQ(decoded<Ack>("70020001", version).packet_id, 1);
    EXPECT_EQ(decoded<Disconnect>("e000", version).reason, 0);
    decoded<Pingreq>("c000", version);
    decoded<Pingresp>("d000", version);
  }
}

TEST(MqttSpec, ReasonsMayBeLeftOff) {
  EXPECT_EQ(decoded<Ack>("4003000110", v5).reason, 0x10);
  const auto full = decoded<Ack>("400a0001870 61f0003626164", v5);
  EXPECT_EQ(full.reason, 0x87);
  EXPECT_EQ(full.properties.strings, (Strings{{property::kReasonString, "bad"}}));
  EXPECT_EQ(outcome("4004000100 00", v5), "ok");  // an empty property section is allowed, if not shortest
  EXPECT_EQ(decoded<Disconnect>("e0018e", v5).reason, 0x8e);
  EXPECT_EQ(decoded<Auth>("f000", v5).reason, 0);
  EXPECT_EQ(decoded<Auth>("f00e18 0c 150004 53435241 160002 0001", v5).reason, 0x18);
  EXPECT_EQ(outcome("4003000110", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("e0018e", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("f000", v3), "mqtt-malformed");
}

TEST(MqttSpec, SubscribeExampleOfSection3_8_3) {  // a/b at QoS 1, c/d at QoS 2
  const auto p = decoded<Subscribe>("820e000a0003612f62010003632f6402", v3);
  ASSERT_EQ(p.subscriptions.size(), 2U);
  EXPECT_EQ(p.subscriptions[1].filter, "c/d");
  EXPECT_EQ(p.subscriptions[1].options, 2);
  EXPECT_EQ(decoded<Suback>("9005000a000280", v3).codes, (Codes{0, 2, 0x80}));
}

TEST(MqttSpec, RefusalsOfConnect) {
  EXPECT_EQ(decoded<Connack>("20020005", v3).code, 5);
  EXPECT_EQ(decoded<Connack>("2003008700", v5).code, 0x87);
  EXPECT_EQ(outcome("20020006", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("20020200", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("20020105", v3), "mqtt-protocol");
  EXPECT_EQ(describe_connack(5, v3), "Not authorized (0x05)");
  EXPECT_EQ(describe_connack(0x87, v5), "Not authorized (0x87)");
  EXPECT_EQ(describe_connack(0x87, v3), "unknown code (0x87)");
}

TEST(MqttFrame, LengthsOfSection2_2_3) {  // the ends of each width of the remaining length
  struct Case {
    const char* hex;
    std::size_t length;
  };
  for (const auto& c : {Case{"00", 0}, Case{"7f", 127}, Case{"8001", 128}, Case{"ff7f", 16383}, Case{"808001", 16384},
                        Case{"ffff7f", 2097151}, Case{"80808001", 2097152}}) {
    const auto header = bytes_of(std::string("30") + c.hex);
    const auto all = header + std::string(c.length, 'x');
    const auto frame = next_frame(all + "more", kAnySize);
    ASSERT_TRUE(frame && *frame) << c.hex;
    EXPECT_EQ((*frame)->total_bytes, all.size());
    EXPECT_EQ((*frame)->body.size(), c.length);
    Publish publish;
    publish.topic = "t";
    if (c.length < 3) continue;
    publish.payload = std::string(c.length - 3, 'p');
    EXPECT_TRUE(encode(publish, v3).starts_with(header)) << c.hex;
  }
  const auto largest = next_frame(bytes_of("30ffffff7f"), kAnySize);
  ASSERT_TRUE(largest);
  EXPECT_FALSE(*largest);
}

TEST(MqttFrame, RefusesBeforeTheBodyArrives) {
  const auto name = [](std::string_view hex, std::size_t limit = 100) {
    const auto frame = next_frame(bytes_of(hex), limit);
    return !frame ? std::string(frame.error().name()) : *frame ? "whole" : "more";
  };
  EXPECT_EQ(name(""), "more");
  EXPECT_EQ(name("00"), "mqtt-malformed");
  EXPECT_EQ(name("30"), "more");
  EXPECT_EQ(name("30ff"), "more");
  EXPECT_EQ(name("30ffffffff"), "mqtt-malformed");
  EXPECT_EQ(name("3080808080"), "mqtt-malformed");
  EXPECT_EQ(name("3062"), "more");            // 98 + 2 = 100
  EXPECT_EQ(name("3063"), "mqtt-too-large");  // 101
  EXPECT_EQ(name("30ffffff7f"), "mqtt-too-large");
  for (const auto* bad : {"11", "21", "36", "37", "38", "3e", "41", "60", "61", "80", "83", "c1", "e2"})
    EXPECT_EQ(name(bad), "mqtt-malformed") << bad;
  for (const auto* good : {"10", "20", "30", "31", "32", "3a", "3b", "3c", "40", "50",
                           "62", "70", "82", "90", "a2", "b0", "c0", "d0", "e0", "f0"})
    EXPECT_EQ(name(good), "more") << good;
  EXPECT_EQ(packet_name(PacketType::connect), "CONNECT");
  EXPECT_EQ(packet_name(PacketType::unsuback), "UNSUBACK");
  EXPECT_EQ(packet_name(PacketType::auth), "AUTH");
}

TEST(MqttFrame, Version5WantsTheShortestLength) {
  EXPECT_EQ(outcome("c08000", v5), "mqtt-malformed");
  EXPECT_EQ(outcome("c08000", v3), "ok");
}

TEST(MqttMalformed, NoTruncationIsAccepted) {
  for (const auto version : {v3, v5}) {
    for (const auto* hex :
         {version == v3 ? kConnect3 : kConnect5, version == v3 ? "20020000" : "200900000622000a210014",
          version == v3 ? kPublish3 : kPublish5, version == v3 ? kSubscribe3 : kSubscribe5,
          version == v3 ? "9003000101" : "900400010002", "62020001",
          version == v3 ? "a20d000200096f6c642f746f706963" : "a20e00020000096f6c642f746f706963",
          version == v3 ? "b0020002" : "b00400020011"}) {
      const auto whole = bytes_of(hex);
      for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::string copy(whole, 0, length);  // its own allocation: an over-read is an ASan report
        const auto frame = next_frame(copy, kAnySize);
        ASSERT_TRUE(frame);
        ASSERT_FALSE(*frame) << hex << " cut to " << length;
      }
      // The same with a remaining length that agrees with the cut.
      for (std::size_t body = 0; body + 2 < whole.size(); ++body) {
        const auto cut = std::string{whole[0], static_cast<char>(body)} + whole.substr(2, body);
        const auto p = packet(cut, version);
        const bool shorter_payload = (whole[0] & 0xf0) == 0x30 && body >= (version == v3 ? 29U : 57U);
        ASSERT_EQ(p.has_value(), shorter_payload) << hex << " with a body of " << body;
      }
      auto longer = whole + '\0';
      longer[1] = static_cast<char>(longer[1] + 1);
      const bool takes_more = (whole[0] & 0xf0) == 0x30 || (whole[0] & 0xf0) == 0x90 ||
                              (version == v5 && ((whole[0] & 0xf0) == 0x60 || (whole[0] & 0xf0) == 0xb0));
      ASSERT_EQ(packet(longer, version).has_value(), takes_more) << hex;
    }
  }
}

TEST(MqttMalformed, Connect) {
  EXPECT_EQ(outcome("100e 00064d514973647003 02003c 0000", v3), "mqtt-protocol");  // MQTT 3.1
  EXPECT_EQ(outcome("100c 00044d515454 06 02003c 0000", v3), "mqtt-protocol");
  EXPECT_EQ(outcome("100c 00044d515454 84 02003c 0000", v3), "mqtt-protocol");  // a bridge's private bit
  EXPECT_EQ(outcome("100c 00044d717474 04 02003c 0000", v3), "mqtt-protocol");
  EXPECT_EQ(outcome("100c 00044d515454 04 02003c 0000", v3), "ok");
  EXPECT_EQ(outcome("100d 00044d515454 05 02003c 00 0000", v5), "ok");
  EXPECT_EQ(detail("100c 00044d515454 04 03003c 0000", v3), "connect flags: the reserved bit");
  EXPECT_EQ(outcome("100c 00044d515454 04 0a003c 0000", v3), "mqtt-malformed");  // will QoS without a will
  EXPECT_EQ(outcome("100c 00044d515454 04 22003c 0000", v3), "mqtt-malformed");  // will retain without a will
  EXPECT_EQ(outcome("1011 00044d515454 04 1e003c 0000 00017400 00", v3), "mqtt-malformed");  // will QoS 3
  EXPECT_EQ(outcome("1011 00044d515454 04 0e003c 0000 00017400 00", v3), "ok");
  EXPECT_EQ(outcome("1011 00044d515454 04 0e003c 0000 00012300 00", v3), "mqtt-malformed");  // will topic '#'
  EXPECT_EQ(outcome("100f 00044d515454 04 42003c 0000 000170", v3), "mqtt-malformed");       // a password alone
  EXPECT_EQ(outcome("1010 00044d515454 05 42003c 00 0000 000170", v5), "ok");
  EXPECT_EQ(detail("100d 00044d515454 04 02003c 000100", v3), "client id");  // U+0000
}

TEST(MqttMalformed, Publish) {
  EXPECT_EQ(outcome("3003000161", v3), "ok");
  EXPECT_EQ(outcome("30020000", v3), "mqtt-malformed");   // no topic
  EXPECT_EQ(outcome("3003000000", v5), "mqtt-protocol");  // nor an alias
  EXPECT_EQ(outcome("3006000003230001", v5), "ok");
  EXPECT_EQ(outcome("300300012b", v3), "mqtt-malformed");  // '+'
  EXPECT_EQ(outcome("3005000361 2f23", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("32050001610000", v3), "mqtt-malformed");  // packet id 0
  EXPECT_EQ(outcome("32050001610001", v3), "ok");
  for (const auto* text : {"c080", "eda080", "f4908080", "ff", "80", "e0808f", "f0808080", "c3", "e282"}) {
    const auto size = std::string_view(text).size() / 2;
    const auto hex = "300" + std::to_string(size + 2) + "000" + std::to_string(size) + text;
    EXPECT_EQ(outcome(hex, v3), "mqtt-malformed") << text;
  }
  EXPECT_EQ(outcome("300d 000b 24c2a2 e282ac f09f9880 61", v3), "ok");
}

TEST(MqttMalformed, SubscribeAndItsLike) {
  EXPECT_EQ(outcome("82020001", v3), "mqtt-protocol");           // no filter
  EXPECT_EQ(outcome("8206000000016100", v3), "mqtt-malformed");  // packet id 0
  EXPECT_EQ(outcome("8206000100016103", v3), "mqtt-malformed");  // QoS 3
  EXPECT_EQ(outcome("8206000100016104", v3), "mqtt-malformed");  // no-local is version 5's
  EXPECT_EQ(outcome("820700010000016104", v5), "ok");
  EXPECT_EQ(outcome("82070001000001612c", v5), "ok");              // retain handling 2, as published, no local
  EXPECT_EQ(outcome("820700010000016130", v5), "mqtt-malformed");  // retain handling 3
  EXPECT_EQ(outcome("820700010000016140", v5), "mqtt-malformed");
  EXPECT_EQ(outcome("8207000100026123 00", v3), "mqtt-malformed");                       // "a#"
  EXPECT_EQ(outcome("8210 0001 00 000a 2473686172652f672f74 04", v5), "mqtt-protocol");  // no-local, shared
  EXPECT_EQ(outcome("a2020001", v3), "mqtt-protocol");
  EXPECT_EQ(outcome("90020001", v3), "mqtt-protocol");
  EXPECT_EQ(outcome("9003000103", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("9003000187", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("900400010087", v5), "ok");
  EXPECT_EQ(outcome("b003000200", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("c00100", v3), "mqtt-malformed");
  EXPECT_EQ(outcome("40020000", v3), "mqtt-malformed");
}

TEST(MqttProperties, OncePerPacketAndOnlyWhereTheyBelong) {
  const auto connect_with = [](std::string_view properties) {
    const auto size = std::string(properties).size() / 2;
    char head[64];
    std::snprintf(head, sizeof head, "10%02zx00044d5154540502003c%02zx", 13 + size, size);
    return head + std::string(properties) + "0000";
  };
  EXPECT_EQ(outcome(connect_with("110000003c"), v5), "ok");
  EXPECT_EQ(outcome(connect_with("110000003c110000003c"), v5), "mqtt-protocol");  // twice
  EXPECT_EQ(outcome(connect_with("2600016100016226000161000162"), v5), "ok");     // user properties may repeat
  EXPECT_EQ(outcome(connect_with("13003c"), v5), "mqtt-malformed");               // CONNACK's
  EXPECT_EQ(outcome(connect_with("0500"), v5), "mqtt-malformed");                 // no such property
  EXPECT_EQ(outcome(connect_with("210000"), v5), "mqtt-protocol");                // receive maximum 0
  EXPECT_EQ(outcome(connect_with("2700000000"), v5), "mqtt-protocol");
  EXPECT_EQ(outcome(connect_with("1702"), v5), "mqtt-protocol");           // neither 0 nor 1
  EXPECT_EQ(outcome(connect_with("910000003c"), v5), "mqtt-malformed");    // identifier 0x11 + 0x80…
  EXPECT_EQ(outcome(connect_with("91000000003c"), v5), "mqtt-malformed");  // …in two bytes
  EXPECT_EQ(outcome(connect_with("16000161"), v5), "mqtt-protocol");       // data without a method
  EXPECT_EQ(outcome(connect_with("1500016116000161"), v5), "ok");
  EXPECT_EQ(outcome(connect_with("1100"), v5), "mqtt-malformed");     // cut short
  EXPECT_EQ(outcome("3007 000161 03 0b0701", v5), "mqtt-malformed");  // 01: a property without a value
  EXPECT_EQ(outcome("3008 000161 04 0b070b08", v5), "ok");            // several subscriptions matched
  EXPECT_EQ(outcome("3006 000161 02 0b00", v5), "mqtt-protocol");
  EXPECT_EQ(outcome("820b 0001 04 0b070b08 00016100", v5), "mqtt-protocol");
  EXPECT_EQ(outcome("3009 000161 05 080002612b", v5), "mqtt-protocol");  // response topic with a wildcard
  EXPECT_EQ(outcome("3005 000161 0500", v5), "mqtt-malformed");          // section longer than the packet
}

TEST(MqttProperties, AreWrittenByType) {
  Connack connack;
  connack.properties.set_integer(property::kServerKeepAlive, 30);
  connack.properties.set_integer(property::kServerKeepAlive, 1200);
  connack.properties.set_integer(property::kMaximumQos, 1);
  connack.properties.set_integer(property::kMaximumPacketSize, 0x20000);
  connack.properties.strings.emplace_back(property::kAssignedClientId, "c");
  connack.properties.user.emplace_back("k", "v");
  EXPECT_EQ(encode(connack, v5), bytes_of("20180000 15 1304b0 2401 2700020000 12000163 2600016b000176"));
  EXPECT_EQ(encode(connack, v3), bytes_of("20020000"));
  connack.properties.set_integer(property::kServerKeepAlive, 0x10000);
  EXPECT_THROW(static_cast<void>(encode(connack, v5)), std::length_error);
}

TEST(MqttEncode, WhatNoPacketCanCarryThrows) {
  Publish publish;
  publish.topic = std::string(65536, 'a');
  EXPECT_THROW(static_cast<void>(encode(publish, v3)), std::length_error);
}

TEST(MqttTopics, MatchesOfSection4_7) {
  struct Case {
    const char* filter;
    const char* topic;
    bool matches;
  };
  for (const auto& c : {Case{"sport/tennis/player1/#", "sport/tennis/player1", true},
                        Case{"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
                        Case{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
                        Case{"sport/tennis/player1/#", "sport/tennis/player2", false},
                        Case{"sport/#", "sport", true},
                        Case{"#", "a/b", true},
                        Case{"sport/tennis/+", "sport/tennis/player1", true},
                        Case{"sport/tennis/+", "sport/tennis/player1/ranking", false},
                        Case{"sport/+", "sport", false},
                        Case{"sport/+", "sport/", true},
                        Case{"+/+", "/finance", true},
                        Case{"/+", "/finance", true},
                        Case{"+", "/finance", false},
                        Case{"#", "$SYS/x", false},
                        Case{"+/monitor/Clients", "$SYS/monitor/Clients", false},
                        Case{"$SYS/#", "$SYS/x", true},
                        Case{"$SYS/monitor/+", "$SYS/monitor/Clients", true},
                        Case{"a", "A", false},
                        Case{"a/", "a", false},
                        Case{"a", "a/", false},
                        Case{"a//b", "a//b", true},
                        Case{"a/+/b", "a//b", true},
                        Case{"a/b", "a/b/c", false},
                        Case{"a/b/c", "a/b", false},
                        Case{"+/#", "a", true},
                        Case{"a/+/#", "a/b", true},
                        Case{"a/+/#", "a", false},
                        Case{"$share/g/a/+", "a/b", true},
                        Case{"$share/g/#", "$SYS/x", false}})
    EXPECT_EQ(filter_matches(c.filter, c.topic), c.matches) << c.filter << " " << c.topic;
}

TEST(MqttTopics, Syntax) {
  for (const auto* good :
       {"#", "+", "a", "/", "a/#", "+/a/+", "a//b", "$share/g/a", "$share/g/#", "$share/g//", "$sharex"})
    EXPECT_TRUE(is_valid_filter(good)) << good;
  for (const auto* bad : {"", "a#", "a/#/b", "#/a", "a+", "+a/b", "##", "$share/", "$share/g", "$share/g/", "$share//a",
                          "$share/g+/a", "$share/g/a#", "\xff"})
    EXPECT_FALSE(is_valid_filter(bad)) << bad;
  EXPECT_TRUE(is_valid_topic("$aws/things/x"));
  EXPECT_TRUE(is_valid_topic("/"));
  for (const auto* bad : {"", "a/+", "#", "a#b", "\xed\xa0\x80"}) EXPECT_FALSE(is_valid_topic(bad)) << bad;
  EXPECT_FALSE(is_valid_topic(std::string("a\0b", 3)));
  EXPECT_TRUE(is_valid_topic(std::string(65535, 'a')));
  EXPECT_FALSE(is_valid_topic(std::string(65536, 'a')));
}

}  // namespace
}  // namespace firstlight::wire::mqtt
