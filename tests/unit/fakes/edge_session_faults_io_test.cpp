// What happens to sessions at a real edge beside the packets of `mqtt`: the check of the certificate (`iot.verify`),
// its expiry, who holds a client id meanwhile, and what the journal keeps of secrets.
#include <gmock/gmock.h>

#include <fstream>
#include <future>

#include "base/net/address_hash.hpp"
#include "fakes/edge/client_ids.hpp"
#include "tests/unit/fakes/edge_fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::connect_packet;
using test::kFirst;
using test::kPingreq;
using test::kPingresp;
using test::publish_packet;
using test::RawMqtt;
using test::rule_of;
using test::subscribe_packet;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class EdgeSessions : public test::EdgeFaultTest {};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeSessions, testing::Bool(), test::version_name);

TEST_P(EdgeSessions, ASlowAuthBaseHoldsUpItsOwnConnectionOnly) {
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

TEST_P(EdgeSessions, ASlowAuthBaseAnswersInTheEnd) {
  start({rule_of("iot.verify", "slow", {{"by", "300ms"}})});
  RawMqtt client(*lab, camera);
  const auto from = SteadyClock::now();
  client.send(connect());
  EXPECT_EQ(packet(client).substr(3, 1), "\0"s);
  EXPECT_GE(SteadyClock::now() - from, 300ms);
}

TEST_P(EdgeSessions, AnAuthBaseThatIsDownRefusesAsTheModeAllows) {
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

TEST_P(EdgeSessions, AnExpiryOfTheLabsClockEndsTheLiveSession) {
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
TEST_P(EdgeSessions, ASessionWhoseCertificateStillHoldsOrMayExpireStays) {
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

// Its second connection is online when the check of the first one is through at last.
TEST_P(EdgeSessions, ADeviceThatLeftDuringASlowCheckDoesNotEndItsNextSession) {
  start({rule_of("iot.verify", "slow", {{"by", "700ms"}}, kFirst)});
  auto impatient = std::make_unique<RawMqtt>(*lab, camera);
  impatient->send(connect());
  ASSERT_TRUE(lab->fired("slow"));
  impatient.reset();
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  EXPECT_FALSE(client.readable_within(1s)) << "nobody takes its client id";
  client.send(kPingreq);
  EXPECT_EQ(client.receive(2), kPingresp);
  EXPECT_TRUE(lab->lab.events<journal::MqttDisconnected>().empty());
}

TEST_P(EdgeSessions, ADeviceWhoseRequestsWaitBehindASlowCheckMayLeave) {
  start({rule_of("iot.verify", "slow", {{"by", "700ms"}}, kFirst)});
  auto impatient = std::make_unique<RawMqtt>(*lab, camera);
  impatient->send(connect() + subscribe() + kPingreq);
  ASSERT_TRUE(lab->fired("slow"));
  impatient.reset();
  RawMqtt client(*lab, camera);
  client.send(connect());
  EXPECT_EQ(type(packet(client)), kConnack);
  EXPECT_FALSE(client.readable_within(1s));
  client.send(kPingreq);
  EXPECT_EQ(client.receive(2), kPingresp);
  EXPECT_EQ(lab->lab.events<journal::MqttConnected>().size(), 1U);
}

/// Holds a shard up until it is let go, or destroyed.
class Blocked {
 public:
  explicit Blocked(Shard& shard) {
    boost::asio::post(shard.io(), [this, gone = go_.get_future().share()] {
      reached_.set_value();
      gone.wait();
    });
  }
  ~Blocked() { release(); }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;
  void await() { reached_.get_future().wait(); }
  void release() {
    if (!std::exchange(released_, true)) go_.set_value();
  }

 private:
  std::promise<void> go_, reached_;
  bool released_ = false;
};

/// How many sockets have the path, listening ones and those that connect to it.
std::size_t sockets_of(const std::string& path) {
  std::ifstream in("/proc/net/unix");
  std::size_t n = 0;
  for (std::string line; std::getline(in, line);) n += line.ends_with(path) ? 1 : 0;
  return n;
}

// The client id goes to another shard's session while the edge throws the stored session away. The first one hears of
// it when the other has its CONNACK already, and must not go on to Mosquitto.
TEST_P(EdgeSessions, OneThatWasTakenOverWhileItsStoredSessionWasLostStaysAway) {
  if (v5()) return;  // the same code
  start({rule_of("mqtt", "session-lost", {}, kFirst)});
  auto& shards = lab->lab.shards;
  const auto owner = edge::ClientIds::owner(camera.name, shards.size());
  std::vector<std::string> sources(shards.size());  // an address of each shard
  for (int n = 1; n < 100; ++n) {
    const auto address = "127.0.0." + std::to_string(n);
    sources.at(shards.for_hash(address_hash(boost::asio::ip::make_address(address))).index()) = address;
  }
  const auto elsewhere = (owner + 1) % shards.size();
  ASSERT_FALSE(sources[owner].empty() || sources[elsewhere].empty());

  ::kill(lab->broker->pid(), SIGSTOP);
  const auto before = sockets_of(lab->broker->socket_path());
  RawMqtt first(*lab, camera, sources[elsewhere].c_str());
  first.send(connect(false));
  const bool asked = test::eventually([&] { return sockets_of(lab->broker->socket_path()) > before; });
  EXPECT_TRUE(asked) << "it has not asked Mosquitto for its stored session";

  Blocked unaware(shards.at(elsewhere));
  unaware.await();
  RawMqtt second(*lab, camera, sources[owner].c_str());
  second.send(connect());
  // Time for the claim to reach the queue of the other shard. Were it late, this test would show less, not fail.
  EXPECT_FALSE(second.readable_within(200ms));
  Blocked behind(shards.at(elsewhere));  // after the claim, before what the first session does next
  ::kill(lab->broker->pid(), SIGCONT);
  unaware.release();
  EXPECT_EQ(type(packet(second)), kConnack);
  behind.await();
  behind.release();
  EXPECT_EQ(first.end(), "close_notify");
  EXPECT_FALSE(second.readable_within(500ms)) << "Mosquitto has thrown it out";
  second.send(publish());
  EXPECT_EQ(type(packet(second)), kPuback);
}

const std::string kToken = "eyJh.eyJi.eyJj", kKey = "-----BEGIN PRIVATE KEY-----MII";

class EdgeSecrets : public EdgeSessions {
 protected:
  bool seen(const std::string& where, const std::string& what, std::size_t times = 1) {
    return test::eventually([&] {
      std::size_t n = 0;
      for (const auto& [event, s] : lab->lab.events<journal::SecretSeen>()) n += s.where == where && s.what == what;
      return n == times;
    });
  }
  void expect_none_in_journal() {
    std::vector<std::string> lines;
    test::append_lines(*lab, lines);
    EXPECT_FALSE(lines.empty());
    for (const auto& line : lines) EXPECT_THAT(line, Not(AnyOf(HasSubstr("eyJ"), HasSubstr("PRIVATE KEY"))));
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeSecrets, testing::Bool(), test::version_name);

TEST_P(EdgeSecrets, InPayloadTopicAndClientIdAreSeenAndNeverWrittenDown) {
  start({});
  RawMqtt client(*lab, camera);
  client.send(connect());
  packet(client);
  client.send(publish("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_TRUE(seen("mqtt-payload", "private-key"));
  client.send(publish("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"));
  EXPECT_TRUE(seen("mqtt-payload", "token"));
  client.send(publish("-----BEGIN PUBLIC KEY-----"));
  client.send(publish_packet("dt/v1/" + camera.name + "/" + kToken, "x", v5()));
  EXPECT_TRUE(seen("mqtt-topic", "token"));
  client.send(publish_packet("dt/v1/" + camera.name + "/" + kKey, "x", v5()));
  EXPECT_TRUE(seen("mqtt-topic", "private-key"));
  EXPECT_TRUE(lab->journaled<journal::MqttPublished>([](const auto& p) { return p.topic == "[redacted]"; }));
  RawMqtt named(*lab, camera);
  named.send(connect_packet(kToken, v5() ? '\x05' : '\x04', 60));
  EXPECT_TRUE(seen("client-id", "token"));
  EXPECT_TRUE(lab->journaled<journal::MqttRefused>([](const auto& r) { return r.client_id == "[redacted]"; }));
  EXPECT_EQ(lab->lab.events<journal::SecretSeen>().size(), 5U) << "a public key is no secret";
  expect_none_in_journal();
}

TEST_P(EdgeSecrets, InWhatIsDeniedAreSeenAndNeverWrittenDown) {
  start({});
  for (const bool subscribes : {false, true}) {
    RawMqtt client(*lab, camera);
    client.send(connect());
    packet(client);
    client.send(subscribes ? subscribe_packet("cmd/v1/OTHER/" + kToken, v5())
                           : publish_packet("dt/v1/OTHER/" + kToken, "x", v5()));
    if (v5()) {
      EXPECT_EQ(type(packet(client)), subscribes ? kSuback : kPuback);
    } else {
      expect_goodbye(client, 0);
    }
    const auto* operation = subscribes ? "subscribe" : "publish";
    EXPECT_TRUE(lab->journaled<journal::MqttDenied>(
        [&](const auto& d) { return d.operation == operation && d.topic == "[redacted]"; }));
  }
  EXPECT_TRUE(seen("mqtt-topic", "token", 2));
  if (v5()) {
    EXPECT_TRUE(lab->subscribed("[redacted]"));
  } else {
    EXPECT_TRUE(lab->journaled<journal::MqttDisconnected>(
        [](const auto& d) { return d.detail == "mqtt-not-authorized: [redacted]"; }));
  }
  expect_none_in_journal();
}

}  // namespace
}  // namespace firstlight::fakes
