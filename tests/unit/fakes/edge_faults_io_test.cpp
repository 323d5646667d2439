// The rules of `mqtt` at a real edge with a real Mosquitto: each byte that the device gets, how its connection ends,
// and that the journal's proof appears when the rule struck and not otherwise.
#include <gmock/gmock.h>

#include "tests/unit/fakes/edge_fault_lab.hpp"

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

class EdgeFaults : public test::EdgeFaultTest {};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeFaults, testing::Bool(), test::version_name);

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

TEST_P(EdgeFaults, OfTwoCodesTheLastOneIsSentAndProven) {
  auto first = rule_of("mqtt", "connack", {{"code", v5() ? "136" : "3"}});
  auto last = rule_of("mqtt", "connack", {{"code", v5() ? "137" : "5"}});
  first.id = "first", last.id = "last";
  start({first, last});
  RawMqtt refused(*lab, camera);
  refused.send(connect());
  EXPECT_EQ(packet(refused).substr(3, 1), v5() ? "\x89" : "\x05");
  EXPECT_TRUE(lab->fired("last"));
  EXPECT_EQ(lab->firings(), 1U);
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

TEST_P(EdgeFaults, ARefusedSubackHasTheCodeForEveryFilter) {
  break_by("suback", {{"code", "135"}});
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  client.send(subscribe());
  const auto answer = packet(client);
  EXPECT_EQ(type(answer), kSuback);
  EXPECT_EQ(answer.back(), '\x87');
  EXPECT_TRUE(lab->fired("suback"));
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
