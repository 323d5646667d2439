// Endorse, its key store and the config API together on real sockets, with a real registry: what a camera's requests
// meet, and what the journal says about them.
#include "fakes/config_api/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fakes/endorse/server.hpp"
#include "tests/unit/fakes/endorse_vectors.hpp"
#include "tests/unit/fakes/test_lab.hpp"

namespace firstlight::fakes::config_api {
namespace {

using nlohmann::ordered_json;
using test::Client;
using testing::HasSubstr;
using testing::StartsWith;

class ProvisioningServers : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  ProvisioningServers() {
    char name[] = "/tmp/firstlight-config-api-XXXXXX";
    folder_ = ::mkdtemp(name);
    const CryptoContext crypto;
    device_authority_ = iot::make_authority(crypto, "Device CA", lab_.clock.now());
    config_.identity = lab_.identity;
    config_.ca_certificate_pem = lab_.authority.certificate_chain;
    config_.mqtt_host = "localhost";
    config_.mqtt_port = 8883;
  }
  ~ProvisioningServers() override {
    end();
    registry_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    iot::RegistryConfig registry;
    registry.path = folder_ + "/registry.sqlite";
    registry_ = iot::Registry::open(registry, lab_.shards, lab_.clock).value();
    endorse::EndorseConfig endorse;
    endorse.identity = lab_.identity;
    const CryptoContext crypto;
    endorse.signing_keys.push_back(
        endorse::load_signing_key(crypto, Secret(std::string(test::kSigningKeyPem))).value());
    auto context = lab_.context();
    endorse_ = endorse::EndorseServers::start(context, std::move(endorse)).value();
    server_ = ConfigApiServer::start(context, config_, endorse_->keys(), *registry_, device_authority_).value();
  }
  void end() {
    if (registry_) registry_->close();
    lab_.end();
  }

  std::string exchange(unsigned short port, const std::string& request, const char* source = "127.0.0.9") {
    Client client(lab_, port, source);
    client.send(request);
    return client.receive_response();
  }
  static std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }
  std::string token(const char* source = "127.0.0.9") {
    const auto response = exchange(endorse_->endorse_port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", source);
    return ordered_json::parse(body_of(response)).at("token");
  }
  std::string configure(const std::string& bearer, const char* source = "127.0.0.9") {
    return exchange(
        server_->port(),
        "GET /v1/sora_cam/devices/me/config HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + bearer + "\r\n\r\n",
        source);
  }
  static ordered_json document_of(const std::string& response) {
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(test::valid_by_schema("config", body_of(response)));
    return ordered_json::parse(body_of(response));
  }

  test::TestLab lab_;
  std::string folder_;
  iot::AuthorityPem device_authority_;
  ConfigApiConfig config_;
  std::unique_ptr<iot::Registry> registry_;
  std::unique_ptr<endorse::EndorseServers> endorse_;
  std::unique_ptr<ConfigApiServer> server_;
};

TEST_F(ProvisioningServers, ATokenBecomesAConfigurationWithAWorkingIdentity) {
  start();
  const auto before = unix_seconds(lab_.clock.now());
  const auto document = document_of(configure(token()));
  const auto& certificates = document.at("certificates");
  const CryptoContext crypto;
  const auto certificate = wire::parse_certificate(crypto, certificates.at("certificate_pem").get<std::string>());
  const auto key = wire::parse_private_key(crypto, certificates.at("private_key_pem").get<std::string>());
  const auto issuer = wire::parse_certificate(crypto, device_authority_.certificate_chain);
  ASSERT_TRUE(certificate && key && issuer);
  EXPECT_TRUE(wire::key_matches(certificate->get(), key->get()));
  EXPECT_TRUE(wire::issued_by(certificate->get(), issuer->get()));
  EXPECT_EQ(EVP_PKEY_is_a(key->get(), "EC"), 1);
  EXPECT_EQ(certificates.at("certificate_id"), wire::certificate_id(crypto, certificate->get()).value());
  EXPECT_EQ(certificates.at("ca_certificate_pem"), lab_.authority.certificate_chain);
  const auto validity = wire::validity(certificate->get());
  EXPECT_EQ(certificates.at("not_before"), format_rfc3339(validity.not_before));
  EXPECT_EQ(certificates.at("not_after"), format_rfc3339(validity.not_after));
  EXPECT_EQ(validity.not_after - validity.not_before, std::chrono::days(365) + std::chrono::seconds(60));
  EXPECT_NEAR(static_cast<double>(unix_seconds(validity.not_before)), static_cast<double>(before - 60), 5);
  EXPECT_EQ(document.at("mqtt_config").at("client_id"), document.at("device_id"));

  end();
  const auto issued = lab_.events<journal::TokenIssued>();
  const auto accepted = lab_.events<journal::TokenAccepted>();
  const auto registered = lab_.events<journal::DeviceRegistered>();
  const auto made = lab_.events<journal::CertificateIssued>();
  ASSERT_EQ(issued.size(), 1U);
  ASSERT_EQ(accepted.size(), 1U);
  ASSERT_EQ(registered.size(), 1U);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(issued[0].second.imsi, "440102130706441");
  EXPECT_EQ(issued[0].second.key_id, test::kKid);
  EXPECT_EQ(accepted[0].second.token_id, issued[0].second.token_id);
  EXPECT_TRUE(registered[0].second.first);
  EXPECT_EQ(registered[0].second.device_id, document.at("device_id"));
  EXPECT_EQ(made[0].second.certificate_id, certificates.at("certificate_id"));
  EXPECT_GT(made[0].second.verify_us, 0);
  EXPECT_GT(made[0].second.register_us, 0);
  EXPECT_GT(made[0].second.issue_us, 0);
}

TEST_F(ProvisioningServers, ByDefaultADeviceThatAsksAgainGetsANewCertificate) {
  start();
  const auto first = document_of(configure(token()));
  const auto again = document_of(configure(token()));
  EXPECT_EQ(first.at("device_id"), again.at("device_id"));
  EXPECT_NE(first.at("certificates").at("certificate_id"), again.at("certificates").at("certificate_id"));
  const auto other = document_of(configure(token("127.0.0.10"), "127.0.0.10"));
  EXPECT_NE(first.at("device_id"), other.at("device_id"));
  end();
  const auto registered = lab_.events<journal::DeviceRegistered>();
  ASSERT_EQ(registered.size(), 3U);
  EXPECT_FALSE(registered[1].second.first);
}

TEST_F(ProvisioningServers, UnderReuseItGetsTheSameOne) {
  config_.repeat = RepeatPolicy::reuse;
  start();
  const auto first = document_of(configure(token()));
  EXPECT_EQ(document_of(configure(token())).dump(), first.dump());
  lab_.clock.set_offset(std::chrono::days(366));  // until it has expired
  EXPECT_NE(document_of(configure(token())).at("certificates"), first.at("certificates"));
}

TEST_F(ProvisioningServers, RsaKeysComeInAwsForm) {
  config_.key_kind = wire::KeyKind::rsa_2048;
  start();
  const auto document = document_of(configure(token()));
  EXPECT_THAT(document.at("certificates").at("private_key_pem").get<std::string>(),
              StartsWith("-----BEGIN RSA PRIVATE KEY-----\n"));
}

TEST_F(ProvisioningServers, TheSitesTemplateIsServed) {
  config_.config_template = R"({"recording":{"mode":"continuous"}})";
  start();
  EXPECT_EQ(document_of(configure(token())).at("recording").at("mode"), "continuous");
}

TEST_F(ProvisioningServers, ABadTemplateDoesNotStart) {
  config_.config_template = "[]";
  EXPECT_THROW(start(), std::exception);
}

TEST_F(ProvisioningServers, BadTokensAreRefusedAndNamed) {
  start();
  auto flipped = token();
  flipped[flipped.size() - 20] = flipped[flipped.size() - 20] == 'A' ? 'B' : 'A';
  const auto response = configure(flipped);
  EXPECT_THAT(response, StartsWith("HTTP/1.1 401 "));
  EXPECT_TRUE(test::valid_by_schema("error", body_of(response)));
  EXPECT_THAT(response, HasSubstr("WWW-Authenticate: Bearer error=\"invalid_token\", "
                                  "error_description=\"token-signature\"\r\n"));
  const auto old = token();
  lab_.clock.set_offset(std::chrono::minutes(11));
  EXPECT_THAT(configure(old), HasSubstr("error_description=\"token-expired\""));
  end();
  const auto rejected = lab_.events<journal::TokenRejected>();
  ASSERT_EQ(rejected.size(), 2U);
  EXPECT_EQ(rejected[0].second.error, "token-signature");
  EXPECT_EQ(rejected[1].second.error, "token-expired");
  EXPECT_TRUE(lab_.events<journal::DeviceRegistered>().empty());
  EXPECT_TRUE(lab_.events<journal::CertificateIssued>().empty());
}

TEST_F(ProvisioningServers, AnotherSimsTokenIsRefusedOnlyWhereAsked) {
  start();
  EXPECT_THAT(configure(token("127.0.0.9"), "127.0.0.10"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ProvisioningServers, SimsMayHaveToMatch) {
  config_.require_matching_sim = true;
  config_.refused_sims = {derive_sim(boost::asio::ip::make_address("127.0.0.66")).imsi};
  start();
  EXPECT_THAT(configure(token("127.0.0.9"), "127.0.0.9"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(configure(token("127.0.0.9"), "127.0.0.10"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(configure(token("127.0.0.66"), "127.0.0.66"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(ProvisioningServers, KeysRotateWhileOldTokensStayValid) {
  start();
  const auto old = token();
  const auto new_id = endorse_->rotate();
  EXPECT_NE(new_id.value(), test::kKid);
  const auto fresh = token();
  std::string header;
  ASSERT_TRUE(base64url_decode(std::string_view(fresh).substr(0, fresh.find('.')), header));
  EXPECT_EQ(header, R"({"kid":")" + new_id.value() + R"(","alg":"RS256"})");
  EXPECT_THAT(configure(old), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(configure(fresh), StartsWith("HTTP/1.1 200 "));
  const auto get = [&](std::string_view kid) {
    return exchange(endorse_->keys_port(),
                    "GET /soracom-public-keys/" + std::string(kid) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  EXPECT_EQ(body_of(get(test::kKid)), test::kPublicKeyPem);
  EXPECT_THAT(body_of(get(new_id.value())), StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_THAT(get("v1-00000000000000000000000000000000-x509.pem"), StartsWith("HTTP/1.1 403 "));
}

}  // namespace
}  // namespace firstlight::fakes::config_api
