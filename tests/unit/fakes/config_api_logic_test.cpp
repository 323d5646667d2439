// The config API's verification without a network: every way a token can be bad, and the answers that follow.
#include "fakes/config_api/logic.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "fakes/endorse/keys.hpp"
#include "tests/unit/fakes/endorse_vectors.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::config_api {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kNow = 1800000000;

std::string base64url(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

class ConfigApiRules : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    CryptoContext::forbid_default();
    crypto_ = new CryptoContext;
    other_key_ = wire::generate_key(*crypto_, wire::KeyKind::rsa_2048).release();
  }
  static void TearDownTestSuite() {
    EVP_PKEY_free(other_key_);
    delete crypto_;
  }

  ConfigApiRules() {
    directory_.publish(KeyId(std::string(test::kKid)), std::string(test::kPublicKeyPem));
    lookup_ = [this](const std::string& kid) {
      asked_.push_back(kid);
      return cache_.find(kid);
    };
  }

  static ordered_json good_claims() { return ordered_json::parse(test::kGoldenClaims); }
  static ordered_json header(const std::string& kid = std::string(test::kKid), const std::string& alg = "RS256") {
    return {{"kid", kid}, {"alg", alg}};
  }
  std::string sign(const ordered_json& head, const ordered_json& claims, EVP_PKEY* key = nullptr) {
    return wire::sign_token(*crypto_, head.dump(), claims.dump(), key == nullptr ? key_.get() : key);
  }
  std::string sign_with(const std::function<void(ordered_json&)>& change) {
    auto claims = good_claims();
    change(claims);
    return sign(header(), claims);
  }
  result<wire::TokenClaims> check(std::string_view token, std::int64_t now = kNow) {
    return check_token(*crypto_, token, lookup_, rules_, from_unix_seconds(now));
  }
  void expect_bad(std::string_view token, Errc code, const std::string& detail = "", std::int64_t now = kNow) {
    const auto checked = check(token, now);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().name(), error_name(code));
    if (!detail.empty()) {
      EXPECT_EQ(checked.error().detail, detail);
    }
  }
  std::variant<wire::TokenClaims, Refusal> request(const wire::HeaderList& headers, const std::string& method = "GET",
                                                   const std::string& target = std::string(kConfigPath)) {
    wire::HttpRequest message;
    message.method = method;
    message.target = target;
    message.headers = headers;
    return check_request(*crypto_, message, lookup_, rules_, from_unix_seconds(kNow));
  }

  static inline CryptoContext* crypto_ = nullptr;
  static inline EVP_PKEY* other_key_ = nullptr;
  PkeyPtr key_ = wire::parse_private_key(*crypto_, test::kSigningKeyPem).value();
  endorse::PublishedKeys directory_;
  endorse::KeyCache cache_{*crypto_, directory_};
  KeyLookup lookup_;
  std::vector<std::string> asked_;
  wire::ClaimRules rules_;
};

TEST_F(ConfigApiRules, AGoodTokenFromOtherSoftwareIsAccepted) {
  const auto checked = check(test::kGoldenToken);
  ASSERT_TRUE(checked.has_value()) << checked.error().text();
  EXPECT_EQ(checked->endorse.imsi->value(), "440102130706441");
  EXPECT_EQ(checked->endorse.imei->value(), "350021307064412");
  EXPECT_EQ(checked->endorse.sim_id->value(), "8981100021307064418");
  EXPECT_EQ(checked->token_id, "hkK7qNyXzEMVAXfTq1MBuA");
}

TEST_F(ConfigApiRules, NoFlippedBitOfTheSignatureOrThePayloadPasses) {
  const std::string good(test::kGoldenToken);
  const auto first = good.find('.'), second = good.rfind('.');
  for (std::size_t at = first + 1; at < good.size(); at += 13) {
    if (at == second) continue;
    auto bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    SCOPED_TRACE(at);
    EXPECT_FALSE(check(bad).has_value());
  }
  auto bad = good;
  bad[second + 10] = bad[second + 10] == 'A' ? 'B' : 'A';
  expect_bad(bad, Errc::token_signature);
}

TEST_F(ConfigApiRules, AKeyThatIsNotPublishedIsRefused) {
  const auto kid = endorse::key_id_of(*crypto_, other_key_).value();
  expect_bad(sign(header(kid), good_claims(), other_key_), Errc::token_key_unknown, kid);
  // Under the kid of a published key the signature gives it away.
  expect_bad(sign(header(), good_claims(), other_key_), Errc::token_signature);
}

TEST_F(ConfigApiRules, AWithdrawnKeyIsRefused) {
  ASSERT_TRUE(check(test::kGoldenToken).has_value());
  directory_.withdraw(KeyId(std::string(test::kKid)));
  expect_bad(test::kGoldenToken, Errc::token_key_unknown);
}

TEST_F(ConfigApiRules, AKidThatIsNoNameIsNeverLookedUp) {
  for (const std::string kid :
       {"../../etc/passwd", "https://evil.example/key.pem", "v1-..%2f..%2f0000000000000000000000-x509.pem",
        "v1-1617D7C89EF1691A65F0301E9118CED9-x509.pem", "v1-1617d7c89ef1691a65f0301e9118ced9-x509.pem/", "x", ""}) {
    SCOPED_TRACE(kid);
    EXPECT_FALSE(check(sign(header(kid), good_claims())).has_value());
    EXPECT_TRUE(asked_.empty());
  }
  expect_bad(sign(header("../../etc/passwd"), good_claims()), Errc::token_key_id_invalid);
}

TEST_F(ConfigApiRules, OtherAlgorithmsAreRefused) {
  const auto unsigned_part =
      base64url(header(std::string(test::kKid), "none").dump()) + "." + base64url(good_claims().dump()) + ".";
  EXPECT_FALSE(check(unsigned_part).has_value());
  expect_bad(unsigned_part + "AAAA", Errc::token_algorithm);
  for (const auto* alg : {"None", "RS384", "PS256", "ES256", "rs256", ""})
    expect_bad(sign(header(std::string(test::kKid), alg), good_claims()), Errc::token_algorithm);
}

TEST_F(ConfigApiRules, Hs256WithThePublicKeyAsSecretIsRefused) {
  const auto input = base64url(header(std::string(test::kKid), "HS256").dump()) + "." + base64url(good_claims().dump());
  std::array<unsigned char, 32> mac{};
  std::size_t length = 0;
  ASSERT_NE(
      EVP_Q_mac(crypto_->lib(), "HMAC", nullptr, "SHA256", nullptr, test::kPublicKeyPem.data(),
                test::kPublicKeyPem.size(), as_bytes(input).data(), input.size(), mac.data(), mac.size(), &length),
      nullptr);
  expect_bad(input + "." + base64url_encode(std::span(mac).first(length)), Errc::token_algorithm);
}

TEST_F(ConfigApiRules, TimesAreCheckedWithTheLeewayAndNoMore) {
  EXPECT_TRUE(check(test::kGoldenToken, 1800000600 + 29).has_value());
  expect_bad(test::kGoldenToken, Errc::token_expired, "", 1800000600 + 30);
  const auto later = sign_with([](auto& c) { c["nbf"] = kNow + 31; });
  expect_bad(later, Errc::token_not_yet_valid);
  EXPECT_TRUE(check(later, kNow + 1).has_value());
  expect_bad(sign_with([](auto& c) { c["iat"] = kNow + 31; }), Errc::token_issued_in_future);
  EXPECT_TRUE(check(sign_with([](auto& c) { c["iat"] = kNow + 30; })).has_value());
}

TEST_F(ConfigApiRules, IssuerAudienceAndSubjectAreCompared) {
  expect_bad(sign_with([](auto& c) { c["iss"] = "https://soracom.io/"; }), Errc::token_issuer);
  expect_bad(sign_with([](auto& c) { c["aud"] = "soracom-endorse"; }), Errc::token_audience);
  expect_bad(sign_with([](auto& c) { c["aud"] = ordered_json::array({"soracom-endorse-audience"}); }),
             Errc::token_audience);
  expect_bad(sign_with([](auto& c) { c["sub"] = "funk.soracom.io"; }), Errc::token_subject);
}

TEST_F(ConfigApiRules, AFunkTokenUnderTheSameKeyIsRefused) {
  const ordered_json funk = {
      {"iss", "https://soracom.io"},     {"aud", "srn:soracom:OP0012345678:jp:Subscriber:440102130706441"},
      {"jti", "hkK7qNyXzEMVAXfTq1MBuA"}, {"iat", kNow},
      {"sub", "funk.soracom.io"},        {"typ", "soracom/token/v1"}};
  EXPECT_FALSE(check(sign(header(), funk)).has_value());
  auto timed = funk;  // even with the times that an Endorse token has
  timed["exp"] = kNow + 600;
  timed["nbf"] = kNow - 60;
  expect_bad(sign(header(), timed), Errc::token_audience);
}

TEST_F(ConfigApiRules, NeededClaimsMustBeThere) {
  for (const auto* name : {"iss", "aud", "exp", "jti", "iat", "nbf", "sub", "soracom-endorse-claim"}) {
    SCOPED_TRACE(name);
    expect_bad(sign_with([&](auto& c) { c.erase(name); }), Errc::token_claim_missing, name);
  }
  expect_bad(sign_with([](auto& c) { c["soracom-endorse-claim"].erase("imsi"); }), Errc::token_claim_missing, "imsi");
  EXPECT_TRUE(check(sign_with([](auto& c) { c["soracom-endorse-claim"].erase("imei"); })).has_value());
}

TEST_F(ConfigApiRules, WhatIsNoTokenIsRefused) {
  const std::string good(test::kGoldenToken);
  for (std::size_t n = 0; n < good.size(); n += 17) EXPECT_FALSE(check(good.substr(0, n)).has_value()) << n;
  EXPECT_FALSE(check(good + ".x").has_value());
  EXPECT_FALSE(check(good + "=").has_value());
  expect_bad("garbage", Errc::token_malformed);
  expect_bad(good + std::string(wire::kMaxTokenBytes, 'A'), Errc::token_too_large);
}

TEST_F(ConfigApiRules, AValidBearerTokenPasses) {
  for (const std::string scheme : {"Bearer ", "bearer ", "BEARER  "}) {
    const auto checked = request({{"authorization", scheme + std::string(test::kGoldenToken)}});
    ASSERT_TRUE(std::holds_alternative<wire::TokenClaims>(checked)) << scheme;
    EXPECT_EQ(std::get<wire::TokenClaims>(checked).endorse.imsi->value(), "440102130706441");
  }
}

TEST_F(ConfigApiRules, WithoutATokenTheChallengeIsPlain) {
  for (const wire::HeaderList& headers :
       {wire::HeaderList{}, wire::HeaderList{{"Authorization", std::string(test::kGoldenToken)}},
        wire::HeaderList{{"Authorization", "Basic dXNlcjpwYXNz"}}, wire::HeaderList{{"Authorization", "Bearer"}},
        wire::HeaderList{{"Authorization", "Bearer "}}}) {
    const auto checked = request(headers);
    ASSERT_TRUE(std::holds_alternative<Refusal>(checked));
    const auto& refusal = std::get<Refusal>(checked);
    EXPECT_EQ(refusal.response.status, 401U);
    EXPECT_EQ(refusal.response.header("WWW-Authenticate"), "Bearer");
    EXPECT_FALSE(refusal.token_error.has_value());
    EXPECT_EQ(ordered_json::parse(refusal.response.body).at("code"), "Unauthorized");
  }
}

TEST_F(ConfigApiRules, ABadTokenIsChallengedWithItsErrorsName) {
  auto bad = std::string(test::kGoldenToken);
  bad[bad.size() - 20] = bad[bad.size() - 20] == 'A' ? 'B' : 'A';
  const auto checked = request({{"Authorization", "Bearer " + bad}});
  ASSERT_TRUE(std::holds_alternative<Refusal>(checked));
  const auto& refusal = std::get<Refusal>(checked);
  EXPECT_EQ(refusal.response.status, 401U);
  EXPECT_EQ(refusal.response.header("WWW-Authenticate"),
            "Bearer error=\"invalid_token\", error_description=\"token-signature\"");
  EXPECT_EQ(refusal.token_error->code, Errc::token_signature);
  const auto body = ordered_json::parse(refusal.response.body);
  EXPECT_EQ(body.size(), 2U);
  EXPECT_EQ(body.at("code"), "InvalidToken");
}

TEST_F(ConfigApiRules, OtherPathsAndMethods) {
  const wire::HeaderList with_token{{"Authorization", "Bearer " + std::string(test::kGoldenToken)}};
  for (const auto* target : {"/", "/v1/sora_cam/devices/me", "/v1/sora_cam/devices/me/config/"}) {
    const auto checked = request(with_token, "GET", target);
    ASSERT_TRUE(std::holds_alternative<Refusal>(checked)) << target;
    EXPECT_EQ(std::get<Refusal>(checked).response.status, 404U);
  }
  for (const auto* method : {"POST", "HEAD", "DELETE"}) {
    const auto checked = request(with_token, method);
    ASSERT_TRUE(std::holds_alternative<Refusal>(checked)) << method;
    EXPECT_EQ(std::get<Refusal>(checked).response.status, 405U);
    EXPECT_EQ(std::get<Refusal>(checked).response.header("Allow"), "GET");
  }
  EXPECT_TRUE(std::holds_alternative<wire::TokenClaims>(
      request(with_token, "GET", std::string(kConfigPath) + "?firmware=1.0")));
}

}  // namespace
}  // namespace firstlight::fakes::config_api
