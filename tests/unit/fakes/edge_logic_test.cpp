// The edge's rules without a socket: certificates, CONNECT, PUBLISH, SUBSCRIBE, keep-alive, CONNACK, topic aliases.
#include "fakes/edge/logic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "fakes/iot/records.hpp"

namespace firstlight::fakes::edge {
namespace {

using namespace std::chrono_literals;
namespace mqtt = wire::mqtt;
namespace property = wire::mqtt::property;
using mqtt::Version;
using testing::ElementsAre;
using testing::Optional;

const WallTime kNow = from_unix_seconds(1'800'000'000);
const wire::Validity kValid{kNow - 1h, kNow + 1h};

Access camera(const std::string& thing = "7C0000000001") {
  Access a;
  a.device_id = DeviceId(thing);
  a.thing_name = thing;
  a.client_id = thing;
  a.policy = std::make_shared<iot::Policy>(iot::Policy::parse(iot::camera_policy_document()).value());
  return a;
}
Access operator_access(const std::string& client_id = "operator") {
  Access a;
  a.client_id = client_id;
  a.policy = std::make_shared<iot::Policy>(iot::Policy::parse(iot::operator_policy_document()).value());
  return a;
}
iot::CertificateView view(iot::CertificateStatus status) {
  iot::CertificateView v;
  v.status = status;
  v.validity = kValid;
  return v;
}

TEST(EdgeRules, ACertificateMustBeRegisteredActiveAndWithinItsValidity) {
  using S = iot::CertificateStatus;
  const auto active = view(S::active), inactive = view(S::inactive), revoked = view(S::revoked),
             pending = view(S::pending_activation);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kNow), std::nullopt);
  EXPECT_EQ(judge_certificate(&active, false, kValid, kNow), std::nullopt) << "registration wins over the chain";
  EXPECT_EQ(judge_certificate(nullptr, true, kValid, kNow), Errc::certificate_unknown);
  EXPECT_EQ(judge_certificate(nullptr, false, kValid, kNow), Errc::certificate_untrusted);
  EXPECT_EQ(judge_certificate(&inactive, true, kValid, kNow), Errc::certificate_inactive);
  EXPECT_EQ(judge_certificate(&pending, true, kValid, kNow), Errc::certificate_inactive);
  EXPECT_EQ(judge_certificate(&revoked, true, kValid, kNow), Errc::certificate_revoked);
}

TEST(EdgeRules, TheLastSecondOfAValidityBelongsToIt) {
  const auto active = view(iot::CertificateStatus::active);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kValid.not_after), std::nullopt);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kValid.not_after + 999ms), std::nullopt);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kValid.not_after + 1s), Errc::certificate_expired);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kValid.not_before), std::nullopt);
  EXPECT_EQ(judge_certificate(&active, true, kValid, kValid.not_before - 1ms), Errc::certificate_not_yet_valid);
}

TEST(EdgeRules, KeepAliveIsClampedAsByAws) {
  const Limits limits;
  EXPECT_EQ(clamp_keep_alive(0, limits), 1200);
  EXPECT_EQ(clamp_keep_alive(1, limits), 30);
  EXPECT_EQ(clamp_keep_alive(29, limits), 30);
  EXPECT_EQ(clamp_keep_alive(30, limits), 30);
  EXPECT_EQ(clamp_keep_alive(1200, limits), 1200);
  EXPECT_EQ(clamp_keep_alive(1201, limits), 1200);
  EXPECT_EQ(clamp_keep_alive(65535, limits), 1200);
}

mqtt::Connect connect_as(const std::string& client_id, Version version = Version::v3_1_1) {
  mqtt::Connect c;
  c.version = version;
  c.client_id = client_id;
  return c;
}

std::optional<ConnectRefusal> check(const mqtt::Connect& connect, Access access, Refusal mode = Refusal::connack) {
  access.client_id = connect.client_id;
  return check_connect(connect, access, Limits{}, mode);
}

TEST(EdgeRules, ACameraConnectsAsItsThingOnly) {
  EXPECT_FALSE(check(connect_as("7C0000000001"), camera()));
  const auto foreign = check(connect_as("7C0000000002"), camera());
  ASSERT_TRUE(foreign);
  EXPECT_EQ(foreign->error, Errc::mqtt_not_authorized);
  EXPECT_THAT(foreign->connack, Optional(5));
  EXPECT_THAT(check(connect_as("x", Version::v5), camera())->connack, Optional(0x87));
  EXPECT_EQ(check(connect_as("x"), camera(), Refusal::tls_alert)->connack, std::nullopt);
  EXPECT_THAT(check(connect_as("x", Version::v5), camera(), Refusal::tls_alert)->connack, Optional(0x87));
  auto nobody = camera();
  nobody.policy = nullptr;
  EXPECT_TRUE(check(connect_as("7C0000000001"), nobody));
}

TEST(EdgeRules, ClientIdsAreBounded) {
  EXPECT_FALSE(check(connect_as(std::string(128, 'a')), operator_access()));
  EXPECT_THAT(check(connect_as(std::string(129, 'a')), operator_access())->connack, Optional(2));
  EXPECT_THAT(check(connect_as("$x", Version::v5), operator_access())->connack, Optional(0x85));
  auto persistent = connect_as("");
  EXPECT_FALSE(refuse_empty_client_id(persistent));
  persistent.clean_session = false;
  EXPECT_THAT(refuse_empty_client_id(persistent)->connack, Optional(2));
  persistent.version = Version::v5;
  EXPECT_FALSE(refuse_empty_client_id(persistent));
}

TEST(EdgeRules, AWillIsAPublish) {
  auto connect = connect_as("7C0000000001", Version::v5);
  connect.will = mqtt::Will{};
  connect.will->topic = "dt/v1/7C0000000001/status";
  EXPECT_FALSE(check(connect, camera()));
  connect.will->qos = 2;
  EXPECT_THAT(check(connect, camera())->connack, Optional(0x9B));
  connect.will->qos = 1;
  connect.will->topic = "dt/v1/7C0000000002/status";
  EXPECT_THAT(check(connect, camera())->connack, Optional(0x87));
  connect.will->topic = "a/b/c/d/e/f/g/h/i";
  EXPECT_THAT(check(connect, operator_access())->connack, Optional(0x90));
  connect.version = Version::v3_1_1;
  EXPECT_EQ(check(connect, operator_access())->connack, std::nullopt) << "closed, as MQTT 3.1.1 has no code for it";
}

TEST(EdgeRules, MosquittoIsNeverToldCredentialsOrKeepAlive) {
  auto connect = connect_as("a", Version::v5);
  connect.username = "?SDK=NodeJSv2&Version=1.0";
  connect.password = "secret";
  connect.keep_alive_seconds = 60;
  connect.properties.set_integer(property::kTopicAliasMaximum, 10);
  connect.properties.set_integer(property::kSessionExpiry, 0xFFFFFFFF);
  const auto upstream = upstream_connect(connect, Limits{});
  EXPECT_FALSE(upstream.username);
  EXPECT_FALSE(upstream.password);
  EXPECT_EQ(upstream.keep_alive_seconds, 0);
  EXPECT_EQ(upstream.properties.integer(property::kTopicAliasMaximum), std::nullopt);
  EXPECT_THAT(upstream.properties.integer(property::kSessionExpiry), Optional(3600U));
  EXPECT_EQ(upstream.client_id, "a");
}

TEST(EdgeRules, AConnackOfMqtt5CarriesTheEdgesLimits) {
  auto connect = connect_as("a", Version::v5);
  connect.keep_alive_seconds = 10;
  mqtt::Connack from_broker;
  from_broker.session_present = true;
  from_broker.properties.set_integer(property::kTopicAliasMaximum, 10);
  from_broker.properties.set_integer(property::kServerKeepAlive, 65535);
  const auto out = device_connack(from_broker, connect, false, Limits{});
  EXPECT_TRUE(out.session_present);
  EXPECT_THAT(out.properties.integer(property::kServerKeepAlive), Optional(30U));
  EXPECT_THAT(out.properties.integer(property::kMaximumQos), Optional(1U));
  EXPECT_THAT(out.properties.integer(property::kTopicAliasMaximum), Optional(8U));
  EXPECT_THAT(out.properties.integer(property::kMaximumPacketSize), Optional(149504U));
  EXPECT_EQ(out.properties.integer(property::kSessionExpiry), std::nullopt);
  EXPECT_TRUE(out.properties.strings.empty());

  connect.keep_alive_seconds = 60;
  connect.properties.set_integer(property::kSessionExpiry, 7200);
  connect.client_id = "$GEN/x";
  const auto other = device_connack(from_broker, connect, true, Limits{});
  EXPECT_EQ(other.properties.integer(property::kServerKeepAlive), std::nullopt) << "not clamped, not said";
  EXPECT_THAT(other.properties.integer(property::kSessionExpiry), Optional(3600U));
  EXPECT_THAT(other.properties.strings, ElementsAre(std::pair(property::kAssignedClientId, std::string("$GEN/x"))));

  connect.version = Version::v3_1_1;
  EXPECT_TRUE(device_connack({}, connect, true, Limits{}).properties.empty());
}

mqtt::Publish publish_to(const std::string& topic, std::uint8_t qos = 0) {
  mqtt::Publish p;
  p.topic = topic;
  p.qos = qos;
  p.packet_id = qos > 0 ? 7 : 0;
  return p;
}

TEST(EdgeRules, ACameraPublishesUnderItsOwnNameOnly) {
  const Limits limits;
  EXPECT_FALSE(check_publish(publish_to("dt/v1/7C0000000001/status"), camera(), Version::v3_1_1, limits));
  EXPECT_FALSE(check_publish(publish_to("cmd/v1/7C0000000001/res"), camera(), Version::v3_1_1, limits));
  const auto old = check_publish(publish_to("dt/v1/7C0000000002/status", 1), camera(), Version::v3_1_1, limits);
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->acknowledge) << "MQTT 3.1.1 can only close";
  EXPECT_EQ(old->aws_reason, "AUTH_ERROR");
  const auto v5 = check_publish(publish_to("dt/v1/7C0000000002/status", 1), camera(), Version::v5, limits);
  EXPECT_TRUE(v5->acknowledge);
  EXPECT_EQ(v5->code, 0x87);
  EXPECT_FALSE(check_publish(publish_to("cmd/v1/7C0000000001/req"), camera(), Version::v5, limits)->acknowledge)
      << "QoS 0 has no PUBACK";
}

TEST(EdgeRules, RetainNeedsItsOwnPermission) {
  auto access = operator_access();
  access.policy = std::make_shared<iot::Policy>(
      iot::Policy::parse(
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}]})")
          .value());
  auto p = publish_to("a");
  EXPECT_FALSE(check_publish(p, access, Version::v5, Limits{}));
  p.retain = true;
  EXPECT_TRUE(check_publish(p, access, Version::v5, Limits{}));
  EXPECT_FALSE(check_publish(p, operator_access(), Version::v5, Limits{}));
}

TEST(EdgeRules, PublishLimits) {
  const Limits limits;
  const auto verdict = [&](const mqtt::Publish& p, Version v = Version::v5) {
    return check_publish(p, operator_access(), v, limits);
  };
  EXPECT_EQ(verdict(publish_to("a", 2))->code, 0x9B);
  EXPECT_FALSE(verdict(publish_to("a", 2))->acknowledge);
  EXPECT_FALSE(verdict(publish_to("1/2/3/4/5/6/7/8")));
  EXPECT_EQ(verdict(publish_to("1/2/3/4/5/6/7/8/9"))->code, 0x90);
  EXPECT_FALSE(verdict(publish_to("$aws/things/a/shadow/name/b/update/x/y/z")));
  EXPECT_FALSE(verdict(publish_to(std::string(256, 'a'))));
  EXPECT_TRUE(verdict(publish_to(std::string(257, 'a'))));
  auto big = publish_to("a", 1);
  big.payload.assign(128 * 1024, 'x');
  EXPECT_FALSE(verdict(big));
  big.payload += 'x';
  EXPECT_TRUE(verdict(big)->acknowledge);
  EXPECT_EQ(verdict(big, Version::v3_1_1)->aws_reason, "CLIENT_ERROR");
}

mqtt::Subscribe subscribe_to(std::vector<std::string> filters, std::uint8_t qos = 1) {
  mqtt::Subscribe s;
  s.packet_id = 3;
  for (auto& f : filters) s.subscriptions.push_back({std::move(f), qos});
  return s;
}

TEST(EdgeRules, ACameraSubscribesToItsCommandsOnly) {
  const Limits limits;
  const std::string own = "cmd/v1/7C0000000001/req";
  const auto verdict = [&](std::vector<std::string> f, Version v) {
    return check_subscribe(subscribe_to(std::move(f)), camera(), v, limits, 0);
  };
  EXPECT_THAT(verdict({own}, Version::v3_1_1).codes, ElementsAre(0));
  EXPECT_FALSE(verdict({own}, Version::v3_1_1).fatal);
  EXPECT_TRUE(verdict({own, "#"}, Version::v3_1_1).fatal);
  EXPECT_THAT(verdict({own, "#", "cmd/v1/+/req"}, Version::v5).codes, ElementsAre(0, 0x87, 0x87));
  EXPECT_FALSE(verdict({own, "#"}, Version::v5).fatal);
  EXPECT_THAT(verdict({"$share/g/" + own}, Version::v5).codes, ElementsAre(0));
  EXPECT_THAT(verdict({"$share/g/#"}, Version::v5).codes, ElementsAre(0x87)) << "the filter inside counts";
}

TEST(EdgeRules, SubscribeLimits) {
  const Limits limits;
  const auto many = [](std::size_t n) {
    std::vector<std::string> f;
    for (std::size_t i = 0; i < n; ++i) f.push_back("t" + std::to_string(i));
    return subscribe_to(f);
  };
  EXPECT_FALSE(check_subscribe(many(8), operator_access(), Version::v5, limits, 0).fatal);
  EXPECT_TRUE(check_subscribe(many(9), operator_access(), Version::v5, limits, 0).fatal);
  EXPECT_THAT(check_subscribe(many(2), operator_access(), Version::v5, limits, 49).codes, ElementsAre(0, 0x97));
  EXPECT_TRUE(check_subscribe(many(1), operator_access(), Version::v3_1_1, limits, 50).fatal);
  EXPECT_THAT(check_subscribe(subscribe_to({"1/2/3/4/5/6/7/8/#"}), operator_access(), Version::v5, limits, 0).codes,
              ElementsAre(0x8F));
  // Eight slashes in all, six of them in the filter itself.
  EXPECT_THAT(
      check_subscribe(subscribe_to({"$share/g/1/2/3/4/5/6/7"}), operator_access(), Version::v5, limits, 0).codes,
      ElementsAre(0));
}

TEST(EdgeRules, AskingForQos2IsAnsweredByVersion) {
  const auto ask = subscribe_to({"a"}, 2);
  Limits limits;
  EXPECT_TRUE(check_subscribe(ask, operator_access(), Version::v3_1_1, limits, 0).swallow);
  EXPECT_FALSE(check_subscribe(ask, operator_access(), Version::v5, limits, 0).swallow);
  limits.qos2_subscribe = Qos2Subscribe::downgrade;
  EXPECT_FALSE(check_subscribe(ask, operator_access(), Version::v3_1_1, limits, 0).swallow);
}

TEST(EdgeRules, TopicAliasesAreResolvedAndChecked) {
  TopicAliases aliases;
  const Limits limits;
  auto set = publish_to("a/b");
  set.properties.set_integer(property::kTopicAlias, 8);
  EXPECT_FALSE(aliases.resolve(set, limits));
  EXPECT_TRUE(set.properties.empty());
  auto use = publish_to("");
  use.properties.set_integer(property::kTopicAlias, 8);
  EXPECT_FALSE(aliases.resolve(use, limits));
  EXPECT_EQ(use.topic, "a/b");
  for (const auto& [alias, code] : {std::pair{1U, 0x82}, {0U, 0x94}, {9U, 0x94}}) {
    auto bad = publish_to("");
    bad.properties.set_integer(property::kTopicAlias, alias);
    const auto violation = aliases.resolve(bad, limits);
    ASSERT_TRUE(violation) << alias;
    EXPECT_EQ(violation->code, code);
  }
  auto neither = publish_to("");
  EXPECT_TRUE(aliases.resolve(neither, limits));
}

}  // namespace
}  // namespace firstlight::fakes::edge
