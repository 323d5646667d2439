// The faults at `config_api.certificate` and `config_api.body` in what the config API really answers: each defect of
// the certificate as OpenSSL reads it, each defect of the document, and the journal's proof.
#include <gmock/gmock.h>
#include <openssl/x509v3.h>

#include "tests/unit/fakes/provisioning_fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using nlohmann::json;
using test::Given;
using test::kFirst;
using test::ProvisioningFaultLab;
using test::rule_of;
using testing::ElementsAre;
using testing::IsEmpty;

/// What the camera was given, read with OpenSSL.
struct GivenIdentity {
  explicit GivenIdentity(ProvisioningFaultLab& lab)
      : document(json::parse(lab.configuration())),
        certificate(wire::parse_certificate(lab.crypto, text("certificate_pem")).value()),
        key(wire::parse_private_key(lab.crypto, text("private_key_pem")).value()),
        issuer(wire::parse_certificate(lab.crypto, lab.device_authority.certificate_chain).value()),
        now(unix_seconds(lab.lab.clock.now())) {}
  [[nodiscard]] std::string text(const char* field) const { return document.at("certificates").at(field); }
  [[nodiscard]] std::int64_t starts() const { return unix_seconds(wire::validity(certificate.get()).not_before); }
  [[nodiscard]] std::int64_t ends() const { return unix_seconds(wire::validity(certificate.get()).not_after); }
  /// All that is not proper, in words.
  [[nodiscard]] std::vector<std::string> defects() const {
    std::vector<std::string> found;
    if (ends() < now) found.emplace_back("expired");
    if (starts() > now) found.emplace_back("not yet valid");
    if (X509_check_private_key(certificate.get(), key.get()) != 1) found.emplace_back("another key");
    if (!wire::issued_by(certificate.get(), issuer.get())) found.emplace_back("another authority");
    if ((X509_get_extended_key_usage(certificate.get()) & XKU_SSL_CLIENT) == 0) found.emplace_back("not for clients");
    if (EVP_PKEY_get_security_bits(key.get()) < 112) found.emplace_back("a weak key");
    return found;
  }

  json document;
  X509Ptr certificate;
  PkeyPtr key;
  X509Ptr issuer;
  std::int64_t now;
};

class CertificateFaultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(const std::string& effect, const Given& given = {}, const std::string& point = "config_api.certificate") {
    effect_ = effect;
    lab = std::make_unique<ProvisioningFaultLab>(std::vector{rule_of(point, effect, given, kFirst)});
  }
  void expect_second_proper_and_fired_once() {
    EXPECT_THAT(GivenIdentity(*lab).defects(), IsEmpty()) << "the second attempt";
    EXPECT_THAT(lab->firings(), ElementsAre(effect_ + " 1 1"));
  }
  result<iot::CertificateRecord> registered(const std::string& id) {
    return iot::await(lab->lab.shards.at(0), lab->registry->describe_certificate(CertificateId(id)));
  }

  std::string effect_;
  std::unique_ptr<ProvisioningFaultLab> lab;
};

TEST_F(CertificateFaultsTest, ExpiredSoLongAgo) {
  start("expired", {{"ago", "36h"}});
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("expired"));
  EXPECT_NEAR(static_cast<double>(got.now - got.ends()), 36 * 3600, 60);
  EXPECT_EQ(got.document.at("certificates").at("certificate_id"),
            wire::certificate_id(lab->crypto, got.certificate.get()).value());
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, NotValidForSoLong) {
  start("not-yet-valid", {{"in", "2h"}});
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("not yet valid"));
  EXPECT_NEAR(static_cast<double>(got.starts() - got.now), 2 * 3600, 60);
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, AShortLife) {
  start("lifetime", {{"of", "20m"}});
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), IsEmpty());
  EXPECT_NEAR(static_cast<double>(got.ends() - got.now), 20 * 60, 60);
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, TheKeyOfAnother) {
  start("key-mismatch");
  EXPECT_THAT(GivenIdentity(*lab).defects(), ElementsAre("another key"));
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, AnAuthorityThatNobodyKnows) {
  start("wrong-ca");
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("another authority"));
  EXPECT_FALSE(registered(got.text("certificate_id")).has_value());
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, ForServersOnly) {
  start("wrong-usage");
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("not for clients"));
  EXPECT_EQ(X509_get_extended_key_usage(got.certificate.get()), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, AnotherDevices) {
  start("other-device");
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), IsEmpty()) << "it is sound in itself";
  const auto record = registered(got.text("certificate_id"));
  ASSERT_TRUE(record.has_value());
  EXPECT_FALSE(record->device_id.value().empty());
  EXPECT_NE(record->device_id.value(), got.document.at("device_id").get<std::string>());
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, AWeakKey) {
  start("weak-key");
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("a weak key"));
  EXPECT_EQ(EVP_PKEY_is_a(got.key.get(), "RSA"), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(got.key.get()), 1024);
  expect_second_proper_and_fired_once();
}

TEST_F(CertificateFaultsTest, AnotherCamerasIsProper) {
  auto rule = rule_of("config_api.certificate", "expired");
  rule.cameras = {false, false, true};
  lab = std::make_unique<ProvisioningFaultLab>(std::vector{rule});
  EXPECT_THAT(GivenIdentity(*lab).defects(), IsEmpty());
  EXPECT_THAT(lab->firings(), IsEmpty());
}

TEST_F(CertificateFaultsTest, RsaKeysComeFromThePoolAlsoForTheWrongKey) {
  lab = std::make_unique<ProvisioningFaultLab>(
      std::vector{rule_of("config_api.certificate", "key-mismatch", {}, kFirst)}, wire::KeyKind::rsa_2048);
  const GivenIdentity got(*lab);
  EXPECT_THAT(got.defects(), ElementsAre("another key"));
  EXPECT_EQ(EVP_PKEY_is_a(got.key.get(), "RSA"), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(got.key.get()), 2048);
}

TEST_F(CertificateFaultsTest, OfTwoDatesTheOneThatHolds) {
  lab = std::make_unique<ProvisioningFaultLab>(
      std::vector{rule_of("config_api.certificate", "expired", {}, kFirst),
                  rule_of("config_api.certificate", "lifetime", {{"of", "20m"}}, kFirst),
                  rule_of("iot.certificate", "expires", {{"in", "10m"}}, kFirst),
                  rule_of("config_api.certificate", "not-yet-valid", {}, kFirst)});
  EXPECT_THAT(GivenIdentity(*lab).defects(), ElementsAre("not yet valid"));
  EXPECT_THAT(lab->firings(), ElementsAre("not-yet-valid 1 1"));
}

TEST_F(CertificateFaultsTest, ACertificateThatTheRegistryRefusedIsNobodys) {
  lab = std::make_unique<ProvisioningFaultLab>(std::vector{rule_of("config_api.certificate", "expired", {}, kFirst),
                                                           rule_of("iot.register", "error", {}, kFirst)});
  EXPECT_TRUE(lab->exchange(lab->config_api->port(), lab->configuration_request()).starts_with("HTTP/1.1 503 "));
  EXPECT_THAT(GivenIdentity(*lab).defects(), IsEmpty()) << "the second attempt";
  EXPECT_THAT(lab->firings(), ElementsAre("error 1 1"));
}

TEST_F(CertificateFaultsTest, AnAnswerThatIsReplacedHandsNothingOut) {
  lab = std::make_unique<ProvisioningFaultLab>(
      std::vector{rule_of("config_api.certificate", "expired", {}, kFirst),
                  rule_of("config_api.body", "huge", {{"bytes", "1KiB"}}, kFirst),
                  rule_of("iot.certificate", "inactive", {}, kFirst),
                  rule_of("config_api.http", "truncated", {{"keep", "90%"}}, kFirst)});
  test::Client client(lab->lab, lab->config_api->port(), "127.16.0.1");
  client.send(lab->configuration_request());
  EXPECT_TRUE(client.receive_all());
  EXPECT_THAT(lab->firings(), ElementsAre("truncated 1 1"));
}

TEST_F(CertificateFaultsTest, AForeignCertificateIsNoAttemptToRegister) {
  lab = std::make_unique<ProvisioningFaultLab>(std::vector{rule_of("config_api.certificate", "wrong-ca", {}, kFirst),
                                                           rule_of("iot.register", "throttled", {}, kFirst),
                                                           rule_of("iot.certificate", "revoked", {}, kFirst)});
  EXPECT_THAT(GivenIdentity(*lab).defects(), ElementsAre("another authority"));
  EXPECT_TRUE(lab->exchange(lab->config_api->port(), lab->configuration_request()).starts_with("HTTP/1.1 503 "));
  EXPECT_THAT(lab->firings(), ElementsAre("wrong-ca 1 1", "throttled 1 1"));
}

TEST_F(CertificateFaultsTest, ADeviceThatLeavesEndsASlowRegistration) {
  lab = std::make_unique<ProvisioningFaultLab>(std::vector{rule_of("iot.register", "slow", {{"by", "1h"}}, kFirst),
                                                           rule_of("config_api.certificate", "expired", {}, kFirst)});
  test::Client client(lab->lab, lab->config_api->port(), "127.16.0.1");
  client.send(lab->configuration_request());
  EXPECT_TRUE(lab->fired("slow"));
  client.leave();
  EXPECT_TRUE(client.ended_by_server()) << "the connection was held for the whole delay";
  EXPECT_THAT(GivenIdentity(*lab).defects(), IsEmpty()) << "the second attempt";
  EXPECT_THAT(lab->firings(), ElementsAre("slow 1 1"));
}

class BodyFaults : public CertificateFaultsTest {};

TEST_F(BodyFaults, AFieldWhoseGroupIsMissingIsNotBroken) {
  lab = std::make_unique<ProvisioningFaultLab>(
      std::vector{rule_of("config_api.body", "mistyped-field", {{"field", "mqtt_config.port"}}, kFirst),
                  rule_of("config_api.body", "missing-field", {{"field", "mqtt_config"}}, kFirst)});
  EXPECT_FALSE(json::parse(lab->configuration()).contains("mqtt_config"));
  EXPECT_THAT(lab->firings(), ElementsAre("missing-field 1 1"));
}

TEST_F(BodyFaults, AFieldIsMissing) {
  start("missing-field", {{"field", "mqtt_config.client_id"}}, "config_api.body");
  const auto document = json::parse(lab->configuration());
  EXPECT_FALSE(document.at("mqtt_config").contains("client_id"));
  EXPECT_TRUE(document.at("mqtt_config").contains("endpoint"));
  expect_second_proper_and_fired_once();
}

TEST_F(BodyFaults, AGroupIsMissing) {
  start("missing-field", {{"field", "certificates"}}, "config_api.body");
  EXPECT_FALSE(json::parse(lab->configuration()).contains("certificates"));
}

TEST_F(BodyFaults, AFieldHasAnotherType) {
  start("mistyped-field", {}, "config_api.body");
  EXPECT_TRUE(json::parse(lab->configuration()).at("mqtt_config").at("port").is_object());
  expect_second_proper_and_fired_once();
}

TEST_F(BodyFaults, AGroupBecomesAText) {
  start("mistyped-field", {{"field", "mqtt_config"}}, "config_api.body");
  EXPECT_TRUE(json::parse(lab->configuration()).at("mqtt_config").is_string());
}

TEST_F(BodyFaults, AHugeDocument) {
  start("huge", {{"bytes", "2MiB"}}, "config_api.body");
  EXPECT_GT(lab->configuration().size(), 2U * 1024 * 1024);
  expect_second_proper_and_fired_once();
}

TEST_F(BodyFaults, AFieldThatIsNotThereCannotBeBroken) {
  for (const std::string effect : {"missing-field", "mistyped-field"}) {
    start(effect, {{"field", "mqtt_config.nothing.like.it"}}, "config_api.body");
    EXPECT_TRUE(test::valid_by_schema("config", lab->configuration()));
    EXPECT_THAT(lab->firings(), IsEmpty());
  }
}

}  // namespace
}  // namespace firstlight::fakes
