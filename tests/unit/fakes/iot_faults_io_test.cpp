// The rules of `iot.register` and `iot.certificate`: what the registry then holds, what the edge then answers to the
// device, and when the journal has the proof.
#include "fakes/iot/faults.hpp"

#include <gmock/gmock.h>

#include "tests/unit/fakes/logic_support.hpp"
#include "tests/unit/fakes/raw_mqtt.hpp"

namespace firstlight::fakes::iot {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::connect_packet;
using test::EdgeLab;
using test::Identity;
using test::kFirst;
using test::RawMqtt;
using test::rule_of;
using test::scheduled;

class IotFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(std::vector<fault::Rule> rules) {
    lab = std::make_unique<EdgeLab>([](EdgeConfig& c) { c.refusal = edge::Refusal::connack; }, std::move(rules));
    auto& shard = lab->lab.shards.at(0);
    device = await(shard, lab->registry->admit_device(Imsi("440100000000001"), {}, {})).value().id;
  }
  /// One issue, as the config API makes it: the certificate, and what the registration said.
  std::pair<IssuedCertificate, result<void>> issue() {
    auto& shard = lab->lab.shards.at(0);
    const HttpPeer peer{shard, boost::asio::ip::make_address("127.0.0.1"), 1};
    Issue rules(*lab->context, peer, attempts);
    auto validity = lab->valid_now();
    rules.limit(validity);
    auto certificate = lab->issue(validity);
    auto registered = await(shard, rules.register_certificate(*lab->registry, device, certificate));
    // As the HTTPS server does when the device was handed the answer.
    for (auto pending : rules.injections())
      pending.injection.fired(lab->lab.lanes[0], pending.source, "127.0.0.1", pending.detail);
    return {certificate, registered};
  }
  bool known(const CertificateId& id) {
    return static_cast<bool>(await(lab->lab.shards.at(0), lab->registry->describe_certificate(id)));
  }
  CertificateStatus status(const CertificateId& id) {
    return await(lab->lab.shards.at(0), lab->registry->describe_certificate(id)).value().status;
  }
  /// The CONNACK's return code.
  int connack(const IssuedCertificate& certificate) {
    RawMqtt client(*lab, lab->files(certificate, device.value()));
    client.send(connect_packet(device.value(), '\x04', 60));
    const auto answer = client.receive(4);
    return answer.size() == 4 ? answer[3] : -1;
  }

  std::unique_ptr<EdgeLab> lab;
  fault::AttemptCounter attempts;
  DeviceId device;
};

TEST_F(IotFaults, AFailingRegistryKeepsNothing) {
  for (const auto& [effect, error] :
       {std::pair{"error"s, Errc::database_error}, std::pair{"throttled"s, Errc::throttled}}) {
    start({rule_of("iot.register", effect, {}, kFirst)});
    attempts = {};
    const auto [certificate, registered] = issue();
    ASSERT_FALSE(registered);
    EXPECT_EQ(registered.error().code, error);
    EXPECT_FALSE(known(certificate.id));
    EXPECT_TRUE(lab->fired(effect));
    EXPECT_TRUE(issue().second) << "the second time it works";
    EXPECT_EQ(lab->firings(), 1U);
  }
}

TEST_F(IotFaults, ALostRegistrationSucceedsAndIsUnknownToTheEdge) {
  start({rule_of("iot.register", "lost")});
  const auto [certificate, registered] = issue();
  EXPECT_TRUE(registered);
  EXPECT_FALSE(known(certificate.id));
  EXPECT_EQ(connack(certificate), 5);
  EXPECT_TRUE(lab->journaled<journal::MqttRefused>([](const auto& r) { return r.error == "certificate-unknown"; }));
  EXPECT_TRUE(lab->fired("lost"));
}

TEST_F(IotFaults, ASlowRegistrationAnswersLate) {
  start({rule_of("iot.register", "slow", {{"by", "200ms"}})});
  const auto from = SteadyClock::now();
  EXPECT_TRUE(issue().second);
  EXPECT_GE(SteadyClock::now() - from, 200ms);
  EXPECT_TRUE(lab->fired("slow"));
}

TEST_F(IotFaults, ACertificateIsInactiveOrRevokedFromItsIssueOn) {
  for (const auto& [effect, expected] :
       {std::pair{"inactive"s, CertificateStatus::inactive}, std::pair{"revoked"s, CertificateStatus::revoked}}) {
    start({rule_of("iot.certificate", effect)});
    attempts = {};
    const auto [certificate, registered] = issue();
    EXPECT_TRUE(registered);
    EXPECT_EQ(status(certificate.id), expected);
    EXPECT_EQ(connack(certificate), 5);
    EXPECT_TRUE(lab->fired(effect));
    EXPECT_TRUE(lab->journaled<journal::CertificateStatusChanged>(
        [&](const auto& c) { return c.status == status_name(expected); }));
  }
}

TEST_F(IotFaults, OfTwoFatesTheOneThatHolds) {
  start({rule_of("iot.certificate", "inactive"), rule_of("iot.certificate", "revoked"),
         rule_of("iot.register", "slow", {{"by", "0s"}})});
  const auto certificate = issue().first;
  EXPECT_EQ(status(certificate.id), CertificateStatus::revoked);
  EXPECT_TRUE(lab->fired("revoked"));
  EXPECT_EQ(lab->firings(), 1U);
}

TEST_F(IotFaults, OfTwoAnswersTheOneThatIsGiven) {
  start({rule_of("iot.register", "error"), rule_of("iot.register", "throttled")});
  EXPECT_EQ(issue().second.error().code, Errc::throttled);
  EXPECT_TRUE(lab->fired("throttled"));
  EXPECT_EQ(lab->firings(), 1U);
}

TEST_F(IotFaults, AShortLivedCertificateExpiresByTheLabsClock) {
  start({rule_of("iot.certificate", "expires", {{"in", "60s"}})});
  const auto [certificate, registered] = issue();
  EXPECT_TRUE(registered);
  EXPECT_LE(certificate.validity.not_after, lab->lab.clock.now() + 60s);
  EXPECT_GT(certificate.validity.not_after, lab->lab.clock.now() + 50s);
  EXPECT_EQ(connack(certificate), 0);
  lab->lab.clock.set_offset(62s);
  EXPECT_EQ(connack(certificate), 5);
  EXPECT_TRUE(lab->journaled<journal::MqttRefused>([](const auto& r) { return r.error == "certificate-expired"; }));
  EXPECT_TRUE(lab->fired("expires"));
}

TEST_F(IotFaults, TheEdgeLearnsLateOfALateCertificateOnly) {
  start({rule_of("iot.certificate", "propagation", {{"delay", "1500ms"}}, kFirst)});
  const auto [late, registered] = issue();
  const auto told = SteadyClock::now();
  EXPECT_TRUE(registered);
  EXPECT_TRUE(known(late.id)) << "the registry itself knows it at once";
  EXPECT_EQ(connack(late), 5);
  ASSERT_LT(SteadyClock::now() - told, 1500ms) << "a machine too slow for this test";
  EXPECT_TRUE(lab->fired("propagation"));
  EXPECT_TRUE(test::eventually([&] { return connack(late) == 0; }));
  EXPECT_GE(SteadyClock::now() - told, 1400ms);
  const auto prompt = issue().first;
  EXPECT_EQ(connack(prompt), 0);
}

TEST_F(IotFaults, WhatHappensToALateCertificateMeanwhileIsNotForgotten) {
  start({rule_of("iot.certificate", "propagation", {{"delay", "700ms"}}, kFirst)});
  const auto late = issue().first;
  EXPECT_TRUE(await(lab->lab.shards.at(0), lab->registry->update_certificate(late.id, CertificateStatus::inactive)));
  EXPECT_TRUE(test::eventually([&] {
    (void)connack(late);
    for (const auto& [event, r] : lab->lab.events<journal::MqttRefused>())
      if (r.error == "certificate-inactive") return true;
    return false;
  }));
  EXPECT_EQ(connack(late), 5) << "the older state does not come after the newer one";
}

TEST_F(IotFaults, AScheduledRevocationCutsTheLiveSession) {
  const auto rule = scheduled(rule_of("iot.certificate", "revoked"));
  start({rule});
  const auto certificate = issue().first;
  RawMqtt client(*lab, lab->files(certificate, device.value()));
  client.send(connect_packet(device.value(), '\x04', 60));
  EXPECT_EQ(client.receive(4), "\x20\x02\x00\x00"s);
  EXPECT_EQ(lab->firings(), 0U);
  carry_out(*lab->context, *lab->registry, rule, 1);
  EXPECT_EQ(client.end(), "close_notify");
  EXPECT_EQ(client.rest, "");
  EXPECT_TRUE(lab->fired("revoked", 0));
  EXPECT_TRUE(lab->disconnected(device.value(), "AUTH_ERROR"));
  EXPECT_EQ(status(certificate.id), CertificateStatus::revoked);
  EXPECT_EQ(connack(certificate), 5);
}

TEST_F(IotFaults, ARevocationWithoutACertificateHasNotFired) {
  const auto rule = scheduled(rule_of("iot.certificate", "revoked"));
  start({rule});
  carry_out(*lab->context, *lab->registry, rule, 1);
  carry_out(*lab->context, *lab->registry, rule, 2);
  const auto certificate = issue().first;
  EXPECT_EQ(connack(certificate), 0);
  EXPECT_EQ(lab->firings(), 0U);
}

}  // namespace
}  // namespace firstlight::fakes::iot
