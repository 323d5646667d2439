// The edge between other people's clients (mosquitto_pub, mosquitto_sub, openssl s_client) and a real Mosquitto: what
// the peer really sees in every case.
#include "base/net/address_hash.hpp"
#include "fakes/edge/edge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "base/net/acceptor.hpp"
#include "tests/unit/fakes/edge_support.hpp"
#include "tests/unit/fakes/raw_mqtt.hpp"

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using iot::CertificateStatus;
using test::connect_packet;
using test::EdgeLab;
using test::Identity;
using test::RawMqtt;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const std::string kSub = "mosquitto_sub", kPub = "mosquitto_pub";

class EdgeTest : public testing::TestWithParam<std::string> {  // "mqttv311" or "mqttv5"
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  [[nodiscard]] bool v5() const { return GetParam() == "mqttv5"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeTest, testing::Values("mqttv311", "mqttv5"));

TEST_P(EdgeTest, StatusGoesOutAndCommandsComeIn) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto status = "dt/v1/" + camera.name + "/status", command = "cmd/v1/" + camera.name + "/req";
  auto watcher = lab.mosquitto(kSub, lab.operator_identity, {"-V", GetParam(), "-t", "dt/v1/#", "-C", "1", "-v"});
  auto listener = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", command, "-C", "1", "-q", "1"});
  ASSERT_TRUE(lab.subscribed("dt/v1/#")) << watcher->output();
  ASSERT_TRUE(lab.subscribed(command)) << listener->output();
  auto sender = lab.mosquitto(kPub, lab.operator_identity, {"-V", GetParam(), "-t", command, "-m", "ping", "-q", "1"});
  EXPECT_EQ(sender->wait(), 0) << sender->output();
  EXPECT_EQ(listener->wait(), 0);
  EXPECT_EQ(listener->output(), "ping\n");
  auto reporter =
      lab.mosquitto(kPub, camera,
                    {"-V", GetParam(), "-t", status, "-m", "online", "-q", "1", "-u", "?SDK=NodeJSv2&Version=1",
                     "--tls-alpn", "x-amzn-mqtt-ca", "--tls-version", v5() ? "tlsv1.2" : "tlsv1.3"});
  EXPECT_EQ(reporter->wait(), 0) << reporter->output();
  EXPECT_EQ(watcher->wait(), 0);
  EXPECT_EQ(watcher->output(), status + " online\n");
  EXPECT_TRUE(lab.disconnected(camera.name, "CLIENT_INITIATED_DISCONNECT"));
  EXPECT_TRUE(lab.journaled<journal::MqttConnected>([&](const auto& c) {
    return c.client_id == camera.name && c.certificate_id == camera.certificate.value() &&
           c.protocol == (v5() ? 5U : 4U);
  }));
  EXPECT_TRUE(lab.journaled<journal::MqttPublished>(
      [&](const auto& p) { return p.topic == status && p.qos == 1 && p.bytes == 6; }));
}

TEST_P(EdgeTest, AForeignTopicIsDenied) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  auto watcher = lab.mosquitto(kSub, lab.operator_identity, {"-t", "dt/v1/#", "-C", "1", "-v"});
  ASSERT_TRUE(lab.subscribed("dt/v1/#"));
  auto liar =
      lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", "dt/v1/7CFFFFFFFFFF/status", "-m", "lie", "-q", "1"});
  EXPECT_NE(liar->wait(), std::nullopt);
  EXPECT_THAT(liar->output(), AnyOf(HasSubstr("Not authorized"), HasSubstr("connection was lost")));
  if (v5()) {
    EXPECT_THAT(liar->output(), HasSubstr("Not authorized"));
  } else {
    EXPECT_TRUE(lab.disconnected(camera.name, "AUTH_ERROR"));
  }
  EXPECT_TRUE(lab.journaled<journal::MqttDenied>(
      [](const auto& d) { return d.operation == "publish" && d.topic == "dt/v1/7CFFFFFFFFFF/status"; }));
  auto honest = lab.mosquitto(kPub, camera, {"-t", "dt/v1/" + camera.name + "/status", "-m", "truth"});
  EXPECT_EQ(honest->wait(), 0);
  EXPECT_EQ(watcher->wait(), 0);
  EXPECT_EQ(watcher->output(), "dt/v1/" + camera.name + "/status truth\n") << "the lie did not get through";

  auto spy = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", "#", "-d", "-W", "10"});
  EXPECT_TRUE(lab.journaled<journal::MqttDenied>([](const auto& d) { return d.operation == "subscribe"; }));
  if (v5()) {
    EXPECT_NE(spy->wait(), std::nullopt);
    EXPECT_THAT(spy->output(), HasSubstr("All subscription requests were denied"));
  }
}

TEST_P(EdgeTest, AnotherThingsClientIdIsRefused) {
  EdgeLab lab([](EdgeConfig& c) { c.refusal = edge::Refusal::connack; });
  auto camera = lab.camera("440100000000001");
  camera.name = "7CFFFFFFFFFF";
  auto liar = lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", "a", "-m", "x"});
  EXPECT_NE(liar->wait(), 0);
  EXPECT_THAT(liar->output(), AnyOf(HasSubstr("not authorised"), HasSubstr("Not authorized")));
  EXPECT_TRUE(lab.journaled<journal::MqttRefused>([](const auto& r) {
    return r.error == "mqtt-not-authorized" && r.how == "connack" && r.client_id == "7CFFFFFFFFFF";
  }));
}

TEST_P(EdgeTest, TheNewerSessionTakesTheClientIdOverFromAnyShard) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto topic = "cmd/v1/" + camera.name + "/req";
  // Two source addresses of different shards.
  std::string other;
  for (int i = 2; other.empty(); ++i) {
    const auto candidate = "127.0.0." + std::to_string(i);
    const auto shard_of = [](const std::string& a) { return address_hash(boost::asio::ip::make_address(a)) % 2; };
    if (shard_of(candidate) != shard_of("127.0.0.1")) other = candidate;
  }
  auto first = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", topic, "-d", "-A", "127.0.0.1"});
  ASSERT_TRUE(lab.subscribed(topic)) << first->output();
  auto second = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", topic, "-C", "1", "-A", other});
  EXPECT_TRUE(lab.disconnected(camera.name, "DUPLICATE_CLIENTID"));
  if (v5()) {
    EXPECT_NE(first->wait(), std::nullopt);  // mosquitto_sub of MQTT 5 gives up then
    EXPECT_THAT(first->output(), HasSubstr("DISCONNECT (142)"));
  }
}

TEST_P(EdgeTest, AWillIsPublishedOnAnAbortAndNotAfterADisconnect) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto topic = "cmd/v1/" + camera.name + "/req", will = "dt/v1/" + camera.name + "/will";
  auto watcher = lab.mosquitto(kSub, lab.operator_identity, {"-t", "dt/v1/#", "-C", "1", "-v"});
  ASSERT_TRUE(lab.subscribed("dt/v1/#"));
  const auto connect = [&](const std::string& program, const std::string& payload, const std::string& target) {
    std::vector<std::string> arguments{"-V", GetParam(), "-t", target, "--will-topic", will, "--will-payload", payload};
    if (program == kPub) arguments.insert(arguments.end(), {"-m", "x"});
    return lab.mosquitto(program, camera, arguments);
  };
  // mosquitto_pub ends with a plain DISCONNECT.
  auto polite = connect(kPub, "polite", "cmd/v1/" + camera.name + "/res");
  EXPECT_EQ(polite->wait(), 0) << polite->output();
  ASSERT_TRUE(lab.disconnected(camera.name, "CLIENT_INITIATED_DISCONNECT"));
  auto abrupt = connect(kSub, "abrupt", topic);
  ASSERT_TRUE(lab.subscribed(topic));
  abrupt->signal(SIGKILL);
  EXPECT_EQ(watcher->wait(), 0);
  EXPECT_EQ(watcher->output(), will + " abrupt\n");
  EXPECT_TRUE(lab.disconnected(camera.name, "CONNECTION_LOST"));
}

TEST_P(EdgeTest, ACertificateThatIsDeactivatedEndsItsSession) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto topic = "cmd/v1/" + camera.name + "/req";
  auto listener = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", topic, "-d"});
  ASSERT_TRUE(lab.subscribed(topic));
  lab.set_status(camera, CertificateStatus::inactive);
  EXPECT_TRUE(lab.disconnected(camera.name, "AUTH_ERROR"));
  if (v5()) {
    EXPECT_NE(listener->wait(), std::nullopt);
    EXPECT_THAT(listener->output(), HasSubstr("DISCONNECT (135)"));
    listener = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", topic});  // that of MQTT 3.1.1 does so by itself
  }
  EXPECT_TRUE(lab.journaled<journal::MqttRefused>([](const auto& r) { return r.error == "certificate-inactive"; }))
      << "it tries again and is refused";
}

TEST_P(EdgeTest, QosTwoAndOversizedPayloadsAreRefused) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto topic = "dt/v1/" + camera.name + "/data";
  // -V 3.1.1 has no Maximum QoS, and mosquitto_pub of MQTT 5 refuses by itself what its CONNACK forbids.
  auto twice = lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", topic, "-m", "x", "-q", "2"});
  EXPECT_NE(twice->wait(), std::nullopt);
  if (v5()) {
    EXPECT_THAT(twice->output(), HasSubstr("QoS"));
  } else {
    EXPECT_TRUE(lab.disconnected(camera.name, "CLIENT_ERROR"));
  }
  const auto largest = lab.folder / "largest", larger = lab.folder / "larger";
  iot::write_file(largest, std::string(128 * 1024, 'x'));
  iot::write_file(larger, std::string(128 * 1024 + 1, 'x'));
  auto fits = lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", topic, "-f", largest, "-q", "1"});
  EXPECT_EQ(fits->wait(), 0) << fits->output();
  EXPECT_TRUE(lab.journaled<journal::MqttPublished>([](const auto& p) { return p.bytes == 128 * 1024; }));
  auto exceeds = lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", topic, "-f", larger, "-q", "1"});
  EXPECT_NE(exceeds->wait(), std::nullopt);
  EXPECT_THAT(exceeds->output(), AnyOf(HasSubstr("connection was lost"), HasSubstr("Quota exceeded")));
}

TEST_P(EdgeTest, ABrokerThatDiesEndsTheSessionsAndIsReported) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  const auto topic = "cmd/v1/" + camera.name + "/req";
  auto listener = lab.mosquitto(kSub, camera, {"-V", GetParam(), "-t", topic});
  ASSERT_TRUE(lab.subscribed(topic));
  ::kill(lab.broker->pid(), SIGKILL);
  EXPECT_TRUE(lab.disconnected(camera.name, "SERVER_ERROR"));
  EXPECT_TRUE(test::eventually([&] { return lab.broker_status.load().has_value(); }));
  EXPECT_TRUE(lab.journaled<journal::BrokerExited>([](const auto& e) { return !e.expected; }));
  auto late = lab.mosquitto(kPub, lab.operator_identity, {"-V", GetParam(), "-t", "a", "-m", "x"});
  EXPECT_NE(late->wait(), 0);
  EXPECT_THAT(late->output(), AnyOf(HasSubstr("Server unavailable"), HasSubstr("broker unavailable")));
}

TEST_P(EdgeTest, ACertificateIsRefusedByCloseOrConnackInThoseModes) {
  for (const auto mode : {edge::Refusal::close_after_handshake, edge::Refusal::connack}) {
    EdgeLab lab([mode](EdgeConfig& c) { c.refusal = mode; });
    const auto camera = lab.camera("440100000000001");
    lab.set_status(camera, CertificateStatus::inactive);
    auto refused = lab.mosquitto(kPub, camera, {"-V", GetParam(), "-t", "a", "-m", "x"});
    EXPECT_NE(refused->wait(), 0);
    if (mode == edge::Refusal::connack)
      EXPECT_THAT(refused->output(), AnyOf(HasSubstr("not authorised"), HasSubstr("Not authorized")));
    else
      EXPECT_THAT(refused->output(), HasSubstr("connection was lost"));
    EXPECT_TRUE(lab.journaled<journal::MqttRefused>([&](const auto& r) {
      return r.error == "certificate-inactive" && r.how == edge::refusal_name(mode) && r.client_id == camera.name &&
             r.certificate_id == camera.certificate.value();
    }));
  }
}

class EdgeTls : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  static std::vector<std::string> as(const Identity& who, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-cert", who.certificate_file, "-key", who.key_file});
    return more;
  }
};

TEST_F(EdgeTls, EveryRefusalHasItsAlert) {
  EdgeLab lab;
  const auto now = lab.lab.clock.now();
  const auto expired = lab.camera("440100000000001", wire::Validity{now - 48h, now - 24h});
  const auto future = lab.camera("440100000000002", wire::Validity{now + 24h, now + 48h});
  const auto inactive = lab.camera("440100000000003"), revoked = lab.camera("440100000000004");
  lab.set_status(inactive, CertificateStatus::inactive);
  lab.set_status(revoked, CertificateStatus::revoked);
  const auto unregistered = lab.files(lab.issue(lab.valid_now()), "unregistered");
  iot::Authority foreign_authority(lab.crypto, iot::make_authority(lab.crypto, "Foreign", now));
  const auto foreign = lab.files(foreign_authority.issue_device(wire::KeyKind::ec_p256, lab.valid_now()), "foreign");
  for (const std::string version : {"-tls1_3", "-tls1_2"}) {
    const auto alert = [](int n) { return HasSubstr("SSL alert number " + std::to_string(n) + "\n"); };
    EXPECT_THAT(lab.s_client({version}), alert(version == "-tls1_3" ? 116 : 40));
    EXPECT_THAT(lab.s_client(as(expired, {version})), alert(45));
    EXPECT_THAT(lab.s_client(as(future, {version})), alert(42));
    EXPECT_THAT(lab.s_client(as(inactive, {version})), alert(46));
    EXPECT_THAT(lab.s_client(as(revoked, {version})), alert(44));
    EXPECT_THAT(lab.s_client(as(unregistered, {version})), alert(46));
    EXPECT_THAT(lab.s_client(as(foreign, {version})), alert(48));
  }
  for (const auto* error :
       {"certificate-missing", "certificate-expired", "certificate-not-yet-valid", "certificate-inactive",
        "certificate-revoked", "certificate-unknown", "certificate-untrusted"})
    EXPECT_TRUE(lab.journaled<journal::MqttRefused>([&](const auto& r) {
      return r.error == error && r.how == "tls-alert";
    })) << error;
}

TEST_F(EdgeTls, AnAlertReachesAClientThatWroteItsConnectAlready) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  lab.set_status(camera, CertificateStatus::inactive);
  // mosquitto writes CONNECT right after its own end of the TLS 1.3 handshake.
  for (int i = 0; i < 5; ++i) {
    auto client = lab.mosquitto(kPub, camera, {"-t", "a", "-m", "x", "-d"});
    EXPECT_NE(client->wait(), 0);
    EXPECT_THAT(client->output(), HasSubstr("alert certificate unknown"));
  }
}

TEST_F(EdgeTls, AlpnIsOptional) {
  EdgeLab lab([](EdgeConfig& c) { c.connect_limit = 200ms; });
  const auto camera = lab.camera("440100000000001");
  EXPECT_THAT(lab.s_client(as(camera, {"-alpn", "x-amzn-mqtt-ca"})), HasSubstr("ALPN protocol: x-amzn-mqtt-ca"));
  const auto other = lab.s_client(as(camera, {"-alpn", "h2,mqtt"}));
  EXPECT_THAT(other, HasSubstr("No ALPN negotiated"));
  EXPECT_THAT(other, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_TRUE(lab.journaled<journal::MqttRefused>([](const auto& r) { return r.error == "read-timeout"; }))
      << "it never sent a CONNECT";
}

TEST_F(EdgeTls, AClientThatDistrustsTheServerIsATlsFailure) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  iot::write_file(lab.folder / "ca.pem", lab.authorities.device.certificate_chain);
  auto client = lab.mosquitto(kPub, camera, {"-t", "a", "-m", "x"});
  EXPECT_NE(client->wait(), 0);
  EXPECT_TRUE(lab.journaled<journal::TlsFailed>([](const auto& f) { return f.error == "tls-alert"; }));
}

TEST_F(EdgeTls, WhatIsSentBeforeTheConnackIsKept) {
  EdgeLab lab;
  const auto camera = lab.camera("440100000000001");
  RawMqtt client(lab, camera);
  const auto topic = "cmd/v1/" + camera.name + "/req";
  client.send(connect_packet(camera.name, 4, 60) + "\x82" + static_cast<char>(topic.size() + 5) + "\x00\x01\x00"s +
              static_cast<char>(topic.size()) + topic + "\x01" + "\xC0\x00"s);
  const auto answers = client.receive(4 + 5 + 2);
  EXPECT_EQ(answers.substr(0, 4), "\x20\x02\x00\x00"s) << "CONNACK first";
  EXPECT_THAT(answers, HasSubstr("\x90\x03\x00\x01\x01"s));
  EXPECT_THAT(answers, HasSubstr("\xD0\x00"s));
}

TEST_F(EdgeTls, SilenceEndsTheSessionAfterOneAndAHalfKeepAlives) {
  EdgeLab lab([](EdgeConfig& c) { c.limits.keep_alive_min = 1; });
  const auto camera = lab.camera("440100000000001");
  RawMqtt client(lab, camera);
  const auto from = SteadyClock::now();
  client.send(connect_packet(camera.name, 5, 1));
  const auto received = client.receive(1000);
  const auto took = SteadyClock::now() - from;
  EXPECT_TRUE(received.ends_with("\xE0\x02\x8D\x00"s) || received.ends_with("\xE0\x01\x8D"s)) << "DISCONNECT 0x8D";
  EXPECT_GE(took, 1500ms);
  EXPECT_LT(took, 6s) << "tolerance for a loaded machine";
  EXPECT_TRUE(lab.disconnected(camera.name, "MQTT_KEEP_ALIVE_TIMEOUT"));
}

TEST_F(EdgeTls, PingsKeepTheSessionAlive) {
  EdgeLab lab([](EdgeConfig& c) { c.limits.keep_alive_min = 2; });
  const auto camera = lab.camera("440100000000001");
  RawMqtt client(lab, camera);
  client.send(connect_packet(camera.name, 4, 2));
  EXPECT_EQ(client.receive(4), "\x20\x02\x00\x00"s);
  for (int i = 0; i < 4; ++i) {  // four seconds in all, more than the three that silence is allowed
    EXPECT_FALSE(client.readable_within(1s)) << "the edge says nothing by itself";
    client.send("\xC0\x00"s);
    EXPECT_EQ(client.receive(2), "\xD0\x00"s);
  }
}

TEST_F(EdgeTls, WhatADeviceDoesNotReadStaysWithMosquitto) {
  EdgeLab lab;
  RawMqtt deaf(lab, lab.operator_identity);
  deaf.send(connect_packet("deaf", 4, 0) + "\x82\x06\x00\x01\x00\x01#\x00"s);
  EXPECT_EQ(deaf.receive(9).size(), 9U);
  const auto payload = lab.folder / "payload";
  iot::write_file(payload, std::string(120 * 1024, 'x'));
  test::Process flood(
      {"mosquitto_pub", "--unix", lab.broker->socket_path(), "-t", "a", "-f", payload, "--repeat", "300", "-q", "1"},
      lab.folder / "flood");
  EXPECT_EQ(flood.wait(), 0) << "Mosquitto is not held up";
  // 36 MB came; what the sockets did not take (at most some 10 MB) Mosquitto must still hold.
  long pages = 0;
  std::ifstream statm("/proc/" + std::to_string(lab.broker->pid()) + "/statm");
  statm >> pages >> pages;
  EXPECT_GT(pages * 4096, 20'000'000);
}

TEST_F(EdgeTls, ConnectsWaitTheirTurnWhileMosquittoIsBehind) {
  EdgeLab lab([](EdgeConfig& c) { c.max_connects_in_flight = 2; });  // one a shard; these clients share a shard
  ::kill(lab.broker->pid(), SIGSTOP);
  std::vector<std::unique_ptr<RawMqtt>> clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::make_unique<RawMqtt>(lab, lab.operator_identity));
    clients.back()->send(connect_packet("client-" + std::to_string(i), 4, 60));
  }
  clients.erase(clients.begin() + 3);  // one gives up while it waits
  // The same id twice in the queue: the older one ends, and its place is not lost.
  clients.push_back(std::make_unique<RawMqtt>(lab, lab.operator_identity));
  clients.back()->send(connect_packet("client-5", 4, 60));
  ::kill(lab.broker->pid(), SIGCONT);
  int connected = 0;
  for (auto& client : clients) connected += client->receive(4) == "\x20\x02\x00\x00"s ? 1 : 0;
  EXPECT_GE(connected, 11);
  EXPECT_LE(connected, 12) << "the older client-5 may have been first";
}

TEST_F(EdgeTls, AFrozenMosquittoIsSaidToBeUnavailable) {
  EdgeLab lab([](EdgeConfig& c) { c.broker_limit = 300ms; });
  ::kill(lab.broker->pid(), SIGSTOP);
  RawMqtt old(lab, lab.operator_identity), recent(lab, lab.operator_identity);
  old.send(connect_packet("a", 4, 60));
  recent.send(connect_packet("b", 5, 60));
  EXPECT_EQ(old.receive(100), "\x20\x02\x00\x03"s);
  EXPECT_EQ(recent.receive(100), "\x20\x03\x00\x88\x00"s);
  EXPECT_TRUE(lab.journaled<journal::MqttRefused>([](const auto& r) { return r.error == "broker-unreachable"; }));
}

TEST_F(EdgeTls, ALabThatEndsInTheMiddleOfEverythingLeavesNothingBehind) {
  EdgeLab lab([](EdgeConfig& c) { c.max_connects_in_flight = 2; });
  RawMqtt live(lab, lab.operator_identity), idle(lab, lab.operator_identity);
  live.send(connect_packet("live", 5, 60));
  EXPECT_FALSE(live.receive(4).empty());
  ::kill(lab.broker->pid(), SIGSTOP);
  RawMqtt asking(lab, lab.operator_identity), waiting(lab, lab.operator_identity), twin(lab, lab.operator_identity);
  asking.send(connect_packet("asking", 5, 60));
  waiting.send(connect_packet("waiting", 5, 60));
  twin.send(connect_packet("live", 5, 60));
  lab.end();  // the sanitizers judge
}

TEST_F(EdgeTls, MaterialThatOpensslRefusesIsAStartUpError) {
  EdgeLab lab;
  EdgeConfig config;
  config.identity = lab.lab.identity;
  config.device_authority_pem = "nonsense";
  EXPECT_THROW((void)Edge::start(*lab.context, config, *lab.registry), std::runtime_error);
  config.device_authority_pem = lab.authorities.device.certificate_chain;
  config.port = lab.edge->port();
  const auto second = Edge::start(*lab.context, config, *lab.registry);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::address_in_use);
}

}  // namespace
}  // namespace firstlight::fakes
