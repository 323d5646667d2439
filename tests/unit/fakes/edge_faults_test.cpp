// The rules of `mqtt` and `iot.verify` at a real edge with a real Mosquitto: each byte that the device gets, how its
// connection ends, and that the journal's proof appears when the rule struck and not otherwise.
#include <gmock/gmock.h>

#include "tests/unit/fakes/raw_mqtt.hpp"
#include "tests/unit/fakes/rule_support.hpp"

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::connect_packet;
using test::EdgeLab;
using test::Given;
using test::Identity;
using test::kFirst;
using test::kPingreq;
using test::kPingresp;
using test::publish_packet;
using test::RawMqtt;
using test::rule_of;
using test::scheduled;
using test::subscribe_packet;
using testing::HasSubstr;

const std::string kConnack3 = "\x20\x02\x00\x00"s, kSuback3 = "\x90\x03\x00\x01\x01"s, kPuback3 = "\x40\x02\x00\x02"s;

class EdgeFaults : public testing::TestWithParam<bool> {  // whether MQTT 5
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(std::vector<fault::Rule> rules, const std::function<void(EdgeConfig&)>& adjust = {}) {
    lab = std::make_unique<EdgeLab>(adjust, std::move(rules));
    camera = lab->camera("440100000000001");
    command = "cmd/v1/" + camera.name + "/req";
    status = "dt/v1/" + camera.name + "/status";
  }
  void break_by(const std::string& effect, const Given& given = {}) { start({rule_of("mqtt", effect, given, kFirst)}); }

  [[nodiscard]] static bool v5() { return GetParam(); }
  [[nodiscard]] std::string connect(bool clean = true) const {
    return connect_packet(camera.name, v5() ? '\x05' : '\x04', 60, clean);
  }
  [[nodiscard]] std::string subscribe() const { return subscribe_packet(command, v5()); }
  [[nodiscard]] std::string publish(const std::string& payload = "on") const {
    return publish_packet(status, payload, v5());
  }
  /// The next packet, whole.
  static std::string packet(RawMqtt& client) {
    auto bytes = client.receive(2);
    if (bytes.size() < 2) return bytes;
    std::size_t length = bytes[1] & 0x7f;
    for (int shift = 7; (bytes.back() & 0x80) != 0; shift += 7) {
      bytes += client.receive(1);
      length |= static_cast<std::size_t>(bytes.back() & 0x7f) << shift;
    }
    return bytes + client.receive(length);
  }
  static int type(const std::string& bytes) { return bytes.empty() ? -1 : static_cast<unsigned char>(bytes[0]) >> 4; }
  static constexpr int kConnack = 2, kPublish = 3, kPuback = 4, kSuback = 9, kDisconnect = 14;
  /// A DISCONNECT with that reason for MQTT 5; MQTT 3.1.1 has none. Then the end.
  void expect_goodbye(RawMqtt& client, char reason) const {
    EXPECT_EQ(client.end(), "close_notify");
    if (!v5()) {
      EXPECT_EQ(client.rest, "");
      return;
    }
    EXPECT_EQ(client.rest.substr(0, 1), "\xE0");
    EXPECT_EQ(client.rest.substr(2, 1), std::string(1, reason));
  }

  std::unique_ptr<EdgeLab> lab;
  Identity camera;
  std::string command, status;
};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeFaults, testing::Bool(),
                         [](const auto& version) { return version.param ? "Mqtt5" : "Mqtt311"; });

TEST_P(EdgeFaults, TheConnackCarriesTheCodeForTheFirstConnectionAlone) {
  break_by("connack", {{"code", v5() ? "136" : "5"}});
  RawMqtt refused(*lab, camera);
  refused.send(connect());
  EXPECT_EQ(packet(refused), v5() ? "\x20\x03\x00\x88\x00"s : "\x20\x02\x00\x05"s);
  EXPECT_EQ(refused.end(), "close_notify");
  EXPECT_TRUE(lab->fired("connack"));
  EXPECT_TRUE(lab->journaled<journal::MqttRefused>([](const auto& r) { return r.error == "mqtt-refused"; }));
  RawMqtt accepted(*lab, camera);
  accepted.send(connect());
  EXPECT_EQ(packet(accepted).substr(3, 1), "\0"s);
  EXPECT_EQ(lab->firings(), 1U);
}

TEST_P(EdgeFaults, ARefusedConnectTakesNobodysClientId) {
  start({rule_of("mqtt", "connack", {{"code", v5() ? "136" : "3"}}, {2, 2, 1})});
  RawMqtt first(*lab, camera);
  first.send(connect());
  packet(first);
  RawMqtt second(*lab, camera);
  second.send(connect());
  EXPECT_EQ(packet(second).substr(3, 1), v5() ? "\x88" : "\x03");
  first.send(kPingreq);
  EXPECT_EQ(first.receive(2), kPingresp);
}

TEST_P(EdgeFaults, AWithheldConnackLeavesTheConnectionOpenAndSilent) {
  break_by("connack-withheld");
  RawMqtt silent(*lab, camera);
  silent.send(connect() + kPingreq);
  ASSERT_TRUE(lab->fired("connack-withheld"));
  RawMqtt other(*lab, camera);  // a whole session later there is still nothing
  other.send(connect());
  EXPECT_EQ(type(packet(other)), kConnack);
  other.send(publish());
  EXPECT_EQ(type(packet(other)), kPuback);
  EXPECT_FALSE(silent.readable_within(0ms));
}

TEST_P(EdgeFaults, AWithheldSubackIsMissingBeforeALaterPuback) {
  break_by("suback-withheld");
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(subscribe());
  client.send(publish());
  EXPECT_EQ(type(packet(client)), kPuback) << "Mosquitto answers in order: the SUBACK would have come first";
  EXPECT_TRUE(lab->fired("suback-withheld"));
}

TEST_P(EdgeFaults, AWithheldPubackIsMissingBeforeALaterSuback) {
  break_by("puback-withheld");
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(publish());
  client.send(subscribe());
  EXPECT_EQ(type(packet(client)), kSuback);
  EXPECT_TRUE(lab->fired("puback-withheld"));
}

TEST_P(EdgeFaults, AWithheldPingrespIsMissingBeforeALaterPuback) {
  break_by("pingresp-withheld");
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(kPingreq);
  client.send(publish());
  EXPECT_EQ(type(packet(client)), kPuback);
  EXPECT_TRUE(lab->fired("pingresp-withheld"));
}

TEST_P(EdgeFaults, NothingIsWithheldThatIsNeverSent) {
  start({rule_of("mqtt", "puback-withheld", {}, kFirst), rule_of("mqtt", "disconnect", {{"after", "3"}}, kFirst)});
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(kPingreq + kPingreq);
  EXPECT_EQ(client.receive(4), kPingresp + kPingresp);
  client.send(test::kDisconnect);
  EXPECT_TRUE(lab->disconnected(camera.name, "CLIENT_INITIATED_DISCONNECT"));
  EXPECT_EQ(lab->firings(), 0U);
}

TEST_P(EdgeFaults, TheSessionEndsAfterSoManyPackets) {
  break_by("disconnect", {{"after", "2"}});
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(kPingreq);
  EXPECT_EQ(client.receive(2), kPingresp);
  client.send(kPingreq);
  EXPECT_EQ(client.receive(2), kPingresp) << "the last packet is still answered";
  expect_goodbye(client, '\x98');
  EXPECT_TRUE(lab->fired("disconnect"));
  EXPECT_TRUE(lab->disconnected(camera.name, "SERVER_INITIATED_DISCONNECT"));
}

TEST_P(EdgeFaults, AnOversizedPacketFollowsTheSuback) {
  break_by("oversized-packet", {{"bytes", "1MiB"}});
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(subscribe());
  EXPECT_EQ(type(packet(client)), kSuback);
  const auto publish = packet(client);
  EXPECT_EQ(type(publish), kPublish);
  EXPECT_EQ(publish.substr(6, command.size()), command) << "on the topic that it subscribed to";
  EXPECT_GT(publish.size(), std::size_t{1} << 20);
  client.send(kPingreq);
  EXPECT_EQ(client.receive(2), kPingresp) << "the stream is still in step";
  EXPECT_TRUE(lab->fired("oversized-packet"));
}

TEST_P(EdgeFaults, AMalformedPacketFollowsTheSuback) {
  break_by("malformed-packet");
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(subscribe());
  EXPECT_EQ(type(packet(client)), kSuback);
  EXPECT_EQ(client.receive(6), "\x00\xff\xff\xff\xff\x7f"s);
  EXPECT_TRUE(lab->fired("malformed-packet"));
}

TEST_P(EdgeFaults, AnotherClientWithTheSameIdTakesTheSessionOverAfterItsSuback) {
  break_by("taken-over");
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(subscribe());
  EXPECT_EQ(type(packet(client)), kSuback);
  expect_goodbye(client, '\x8E');
  EXPECT_TRUE(lab->fired("taken-over"));
  EXPECT_TRUE(lab->disconnected(camera.name, "DUPLICATE_CLIENTID"));
}

TEST_P(EdgeFaults, AScheduledTakeoverStrikesTheCamerasLiveSessionAlone) {
  const auto rule = scheduled(rule_of("mqtt", "taken-over"));
  start({rule});
  const auto neighbour = lab->camera("440100000000002");
  RawMqtt client(*lab, camera), other(*lab, neighbour, "127.0.0.2");
  client.send(connect());
  other.send(connect_packet(neighbour.name, v5() ? '\x05' : '\x04', 60));
  packet(client);
  packet(other);
  lab->edge->carry_out(rule, 1);
  expect_goodbye(client, '\x8E');
  EXPECT_TRUE(lab->fired("taken-over", 0));
  other.send(kPingreq);
  EXPECT_EQ(other.receive(2), kPingresp);
  EXPECT_EQ(lab->firings(), 1U);
}

TEST_P(EdgeFaults, ATakeoverOfNobodyHasNotFired) {
  const auto rule = scheduled(rule_of("mqtt", "taken-over"));
  start({rule});
  lab->edge->carry_out(rule, 1);
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  EXPECT_EQ(lab->firings(), 0U);
}

/// A persistent session with one message waiting, by MQTT 3.1.1 (5 would need an expiry).
class StoredSession : public EdgeFaults {
 protected:
  void leave_a_message() {
    {
      RawMqtt client(*lab, camera);
      client.send(connect(false));
      EXPECT_EQ(client.receive(4), kConnack3);
      client.send(subscribe());
      EXPECT_EQ(client.receive(5), kSuback3);
      client.send(test::kDisconnect);
      EXPECT_EQ(client.end(), "close_notify");
    }
    // From another address: it is no connection of this camera.
    auto sender = lab->mosquitto("mosquitto_pub", lab->operator_identity,
                                 {"-A", "127.0.0.2", "-t", command, "-m", "ping", "-q", "1"});
    EXPECT_EQ(sender->wait(), 0) << sender->output();
  }
};
INSTANTIATE_TEST_SUITE_P(Version, StoredSession, testing::Values(false), [](const auto&) { return "Mqtt311"; });

TEST_P(StoredSession, IsThereWithoutARule) {
  start({rule_of("mqtt", "session-lost", {}, {3, 3, 1})});
  leave_a_message();
  RawMqtt client(*lab, camera);
  client.send(connect(false));
  EXPECT_EQ(client.receive(4), "\x20\x02\x01\x00"s) << "session present";
  EXPECT_THAT(packet(client), HasSubstr("ping"));
  EXPECT_EQ(lab->firings(), 0U);
}

TEST_P(StoredSession, IsLostWithItsMessages) {
  start({rule_of("mqtt", "session-lost", {}, {2, 2, 1})});
  leave_a_message();
  RawMqtt client(*lab, camera);
  client.send(connect(false));
  EXPECT_EQ(client.receive(4), kConnack3) << "no session present";
  client.send(publish());
  EXPECT_EQ(client.receive(4), kPuback3) << "and no message before this";
  EXPECT_TRUE(lab->fired("session-lost", 2));
}

TEST_P(StoredSession, ThatWasNeverThereCannotBeLost) {
  break_by("session-lost");
  RawMqtt client(*lab, camera);
  client.send(connect(false));
  EXPECT_EQ(client.receive(4), kConnack3);
  EXPECT_EQ(lab->firings(), 0U);
}

TEST_P(EdgeFaults, ASlowAuthBaseHoldsUpItsOwnConnectionOnly) {
  auto rule = rule_of("iot.verify", "slow", {{"by", "1h"}});
  rule.cameras = {false, true, false};
  start({rule});
  RawMqtt slow(*lab, camera);
  slow.send(connect());
  ASSERT_TRUE(lab->fired("slow"));
  const auto neighbour = lab->camera("440100000000002");
  RawMqtt other(*lab, neighbour, "127.0.0.2");
  other.send(connect_packet(neighbour.name, v5() ? '\x05' : '\x04', 60));
  EXPECT_EQ(type(packet(other)), kConnack);
  EXPECT_FALSE(slow.readable_within(0ms));
}

TEST_P(EdgeFaults, ASlowAuthBaseAnswersInTheEnd) {
  start({rule_of("iot.verify", "slow", {{"by", "300ms"}})});
  RawMqtt client(*lab, camera);
  const auto from = SteadyClock::now();
  client.send(connect());
  EXPECT_EQ(packet(client).substr(3, 1), "\0"s);
  EXPECT_GE(SteadyClock::now() - from, 300ms);
}

TEST_P(EdgeFaults, AnAuthBaseThatIsDownRefusesAsTheModeAllows) {
  for (const auto mode : {edge::Refusal::tls_alert, edge::Refusal::connack}) {
    start({rule_of("iot.verify", "down", {}, kFirst)}, [mode](EdgeConfig& c) { c.refusal = mode; });
    RawMqtt client(*lab, camera);
    client.send(connect());
    EXPECT_EQ(client.end(), "close_notify");
    const auto connack = v5() ? "\x20\x03\x00\x88\x00"s : "\x20\x02\x00\x03"s;
    EXPECT_EQ(client.rest, mode == edge::Refusal::connack ? connack : "");
    EXPECT_TRUE(lab->fired("down"));
    EXPECT_TRUE(lab->journaled<journal::MqttRefused>([](const auto& r) { return r.error == "service-unavailable"; }));
    RawMqtt second(*lab, camera);
    second.send(connect());
    EXPECT_EQ(packet(second).substr(3, 1), "\0"s);
  }
}

TEST_P(EdgeFaults, AnExpiryOfTheLabsClockEndsTheLiveSession) {
  start({}, [](EdgeConfig& c) { c.on_expiry = edge::OnExpiry::disconnect; });
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  lab->lab.clock.set_offset(2h);  // the certificate has an hour left
  expect_goodbye(client, '\x87');
  EXPECT_TRUE(lab->journaled<journal::MqttDisconnected>(
      [](const auto& d) { return d.reason == "AUTH_ERROR" && d.detail == "the certificate expired"; }));
}

// The watcher looks within a second of the jump; the device that is watched shows that it has.
TEST_P(EdgeFaults, ASessionWhoseCertificateStillHoldsOrMayExpireStays) {
  start({}, [](EdgeConfig& c) { c.on_expiry = edge::OnExpiry::disconnect; });
  const auto now = lab->lab.clock.now();
  const auto lasting = lab->camera("440100000000002", wire::Validity{now - 1h, now + 24h});
  RawMqtt client(*lab, camera), other(*lab, lasting);
  client.send(connect());
  other.send(connect_packet(lasting.name, v5() ? '\x05' : '\x04', 60));
  packet(client);
  packet(other);
  lab->lab.clock.set_offset(2h);
  expect_goodbye(client, '\x87');
  other.send(kPingreq);
  EXPECT_EQ(other.receive(2), kPingresp);

  start({});  // keep
  RawMqtt kept(*lab, camera);
  kept.send(connect());
  packet(kept);
  lab->lab.clock.set_offset(2h);
  EXPECT_FALSE(kept.readable_within(1500ms));
  kept.send(kPingreq);
  EXPECT_EQ(kept.receive(2), kPingresp);
}

TEST_P(EdgeFaults, SecretsInPayloadTopicAndClientIdAreSeen) {
  start({});
  const auto seen = [&](const std::string& where, const std::string& what) {
    return lab->journaled<journal::SecretSeen>([&](const auto& s) { return s.where == where && s.what == what; });
  };
  RawMqtt client(*lab, camera);
  client.send(connect());
  packet(client);
  client.send(publish("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_TRUE(seen("mqtt-payload", "private-key"));
  client.send(publish("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"));
  EXPECT_TRUE(seen("mqtt-payload", "token"));
  client.send(publish("-----BEGIN PUBLIC KEY-----"));
  client.send(publish_packet("dt/v1/" + camera.name + "/eyJh.eyJi.eyJj", "x", v5()));
  EXPECT_TRUE(seen("mqtt-topic", "token"));
  RawMqtt named(*lab, camera);
  named.send(connect_packet("eyJh.eyJi.eyJj", v5() ? '\x05' : '\x04', 60));
  EXPECT_TRUE(seen("client-id", "token"));
  EXPECT_EQ(lab->lab.events<journal::SecretSeen>().size(), 4U) << "a public key is no secret";
}

// What people see whose client is Mosquitto's own.
TEST_P(EdgeFaults, MosquittosClientsTellWhatHappened) {
  const auto version = v5() ? "mqttv5"s : "mqttv311"s;
  break_by("connack", {{"code", v5() ? "136" : "5"}});
  auto refused = lab->mosquitto("mosquitto_pub", camera, {"-V", version, "-t", status, "-m", "x"});
  EXPECT_EQ(refused->wait(), v5() ? 136 : 5) << refused->output();
  EXPECT_THAT(refused->output(), HasSubstr(v5() ? "Server unavailable" : "not authorised"));

  break_by("puback-withheld");
  auto waiting = lab->mosquitto("mosquitto_pub", camera, {"-V", version, "-t", status, "-m", "x", "-q", "1", "-d"});
  ASSERT_TRUE(lab->fired("puback-withheld"));
  waiting->signal(SIGTERM);
  EXPECT_NE(waiting->wait(), 0);
  EXPECT_THAT(waiting->output(), testing::Not(HasSubstr("PUBACK")));

  break_by("suback-withheld");
  auto deaf = lab->mosquitto("mosquitto_sub", camera, {"-V", version, "-t", command, "-d", "-W", "2"});
  EXPECT_NE(deaf->wait(), std::nullopt);
  EXPECT_THAT(deaf->output(), HasSubstr("sending SUBSCRIBE"));
  EXPECT_THAT(deaf->output(), testing::Not(HasSubstr("SUBACK")));

  if (!v5()) return;  // mosquitto_sub of MQTT 3.1.1 connects anew without a word
  for (const auto& [effect, code] : {std::pair{"disconnect"s, "152"s}, {"taken-over"s, "142"s}}) {
    break_by(effect);
    auto ended = lab->mosquitto("mosquitto_sub", camera, {"-V", version, "-t", command, "-d"});
    EXPECT_NE(ended->wait(), std::nullopt);
    EXPECT_THAT(ended->output(), HasSubstr("DISCONNECT (" + code + ")"));
  }
}

}  // namespace
}  // namespace firstlight::fakes
