// Kills, freezes and restarts of Mosquitto under live sessions: what the devices see, what the journal says of it, and
// that everything works again afterwards.
#include <gmock/gmock.h>

#include <csignal>

#include "tests/unit/fakes/logic_support.hpp"
#include "tests/unit/fakes/raw_mqtt.hpp"

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::connect_packet;
using test::EdgeLab;
using test::eventually;
using test::Given;
using test::process_is_gone;
using test::RawMqtt;
using test::rule_of;

class BrokerFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(const std::string& effect, const Given& given = {}) {
    rule = rule_of("broker", effect, given);
    lab = std::make_unique<EdgeLab>(std::function<void(EdgeConfig&)>(), std::vector{rule});
  }
  std::unique_ptr<RawMqtt> connected(const std::string& id, bool clean = true) {
    auto client = std::make_unique<RawMqtt>(*lab, lab->operator_identity);
    client->send(connect_packet(id, '\x04', 60, clean));
    connack = client->receive(4);
    return client;
  }
  bool started(std::size_t times) {
    return eventually([&] { return lab->lab.events<journal::BrokerStarted>().size() == times; });
  }

  fault::Rule rule;
  std::unique_ptr<EdgeLab> lab;
  std::string connack;
};

TEST_F(BrokerFaults, AKillEndsEverySessionAndTheRestartTakesThemAgain) {
  start("kill", {{"off_for", "300ms"}});
  const auto first = lab->broker->pid();
  std::vector<std::unique_ptr<RawMqtt>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connected("c" + std::to_string(i)));
    ASSERT_EQ(connack, "\x20\x02\x00\x00"s);
  }
  lab->broker->carry_out(rule);
  for (auto& client : clients) EXPECT_EQ(client->end(), "close_notify");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(lab->disconnected("c" + std::to_string(i), "SERVER_ERROR"));
  EXPECT_TRUE(process_is_gone(first));
  EXPECT_TRUE(lab->fired("kill", 0));
  ASSERT_TRUE(started(2));
  EXPECT_NE(lab->broker->pid(), first);
  for (int i = 0; i < 20; ++i) {
    clients[i] = connected("c" + std::to_string(i));
    EXPECT_EQ(connack, "\x20\x02\x00\x00"s);
  }
  const auto exits = lab->lab.events<journal::BrokerExited>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_TRUE(exits[0].second.expected);
  EXPECT_EQ(WTERMSIG(exits[0].second.status), SIGKILL);
  EXPECT_FALSE(lab->broker_status.load().has_value()) << "nobody is told of a death that was wanted";
}

TEST_F(BrokerFaults, WhileItIsOffConnectsAreRefusedForNow) {
  start("kill", {{"off_for", "1h"}});
  const auto first = lab->broker->pid();
  lab->broker->carry_out(rule);
  ASSERT_TRUE(eventually([&] { return process_is_gone(first); }));
  auto client = connected("late");
  EXPECT_EQ(connack, "\x20\x02\x00\x03"s) << "server unavailable";
  EXPECT_EQ(client->end(), "close_notify");
  auto five = std::make_unique<RawMqtt>(*lab, lab->operator_identity);
  five->send(connect_packet("late", '\x05', 60));
  EXPECT_EQ(five->receive(5), "\x20\x03\x00\x88\x00"s);
  lab->broker->kill(Duration{0});  // there is nothing to kill
  lab->broker->stop();
  EXPECT_EQ(lab->lab.events<journal::BrokerStarted>().size(), 1U);
}

TEST_F(BrokerFaults, AFrozenMosquittoGoesOnWhereItStood) {
  start("freeze", {{"for", "1h"}});
  auto client = connected("frozen");
  lab->broker->carry_out(rule);
  ASSERT_TRUE(lab->fired("freeze", 0));
  std::ifstream stat("/proc/" + std::to_string(lab->broker->pid()) + "/stat");
  std::string text;
  std::getline(stat, text);
  EXPECT_THAT(text, testing::HasSubstr(") T "));
  client->send(test::publish_packet("a", "x", false) + test::kPingreq);
  EXPECT_EQ(client->receive(2), test::kPingresp) << "the edge lives";
  EXPECT_FALSE(client->readable_within(50ms)) << "but nobody acknowledges";
  ::kill(lab->broker->pid(), SIGCONT);
  EXPECT_EQ(client->receive(4), "\x40\x02\x00\x02"s);
}

TEST_F(BrokerFaults, AFreezeEndsByItself) {
  start("freeze", {{"for", "200ms"}});
  auto client = connected("frozen");
  lab->broker->carry_out(rule);
  ASSERT_TRUE(lab->fired("freeze", 0));
  client->send(test::publish_packet("a", "x", false));
  EXPECT_EQ(client->receive(4), "\x40\x02\x00\x02"s);
  EXPECT_EQ(lab->lab.events<journal::BrokerExited>().size(), 0U);
}

/// A stored session with a subscription is left; whether it is there after `fault`.
class StoredSessions : public BrokerFaults {
 protected:
  std::string connack_after(const std::function<void()>& fault) {
    {
      auto client = connected("keeper", false);
      client->send(test::subscribe_packet("a", false));
      EXPECT_EQ(client->receive(5).size(), 5U);
      client->send(test::kDisconnect);
      client->end();
    }
    fault();
    EXPECT_TRUE(started(2));
    connected("keeper", false);
    return connack;
  }
};

TEST_F(StoredSessions, SurviveARestart) {
  start("restart");
  EXPECT_EQ(connack_after([&] { lab->broker->carry_out(rule); }), "\x20\x02\x01\x00"s);
  EXPECT_TRUE(lab->fired("restart", 0));
}

TEST_F(StoredSessions, AreLostWithAKill) {
  start("kill", {{"off_for", "1us"}});
  EXPECT_EQ(connack_after([&] { lab->broker->carry_out(rule); }), "\x20\x02\x00\x00"s);
}

TEST_F(BrokerFaults, AMosquittoThatDoesNotComeBackIsReported) {
  start("kill", {{"off_for", "300ms"}});
  lab->broker->carry_out(rule);
  ASSERT_TRUE(lab->fired("kill", 0));
  // A folder where its socket should be: it cannot bind.
  ::unlink(lab->broker->socket_path().c_str());
  ::mkdir(lab->broker->socket_path().c_str(), 0700);
  EXPECT_TRUE(eventually([&] { return lab->broker_status.load().has_value(); }));
  EXPECT_TRUE(lab->journaled<journal::BrokerExited>([](const auto& e) { return !e.expected; }));
}

}  // namespace
}  // namespace firstlight::fakes
