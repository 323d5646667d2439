// Endorse's answers without a network: the token's bytes against one made by other software, and every status.
#include "fakes/endorse/logic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fakes/endorse/keys.hpp"
#include "tests/unit/fakes/endorse_vectors.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::endorse {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

class EndorseRules : public testing::Test {
 protected:
  EndorseReply ask(const std::string& method, const std::string& target, const std::string& body = "") {
    request_.method = method;
    request_.target = target;
    request_.body = body;
    const EndorseRequestFacts facts{request_, sim_, from_unix_seconds(1800000000), "hkK7qNyXzEMVAXfTq1MBuA"};
    return handle(crypto_, facts, settings_, SigningKeyView{id_, key_.get()});
  }
  /// The claims inside a 200's token.
  static ordered_json claims_of(const EndorseReply& reply) {
    EXPECT_EQ(reply.response.status, 200U) << reply.response.body;
    const auto token = ordered_json::parse(reply.response.body).at("token").get<std::string>();
    const auto first = token.find('.'), second = token.rfind('.');
    std::string payload;
    EXPECT_TRUE(base64url_decode(std::string_view(token).substr(first + 1, second - first - 1), payload));
    return ordered_json::parse(payload);
  }
  static void expect_error(const EndorseReply& reply, unsigned status, const std::string& code) {
    EXPECT_EQ(reply.response.status, status);
    EXPECT_EQ(reply.response.content_type, "application/json");
    const auto body = ordered_json::parse(reply.response.body);
    EXPECT_EQ(body.size(), 2U);
    EXPECT_EQ(body.at("code"), code);
    EXPECT_FALSE(body.at("message").get<std::string>().empty());
    EXPECT_FALSE(reply.issued.has_value());
    EXPECT_THAT(reply.response.body, testing::Not(HasSubstr("eyJ")));
  }

  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  CryptoContext crypto_;
  PkeyPtr key_ = wire::parse_private_key(crypto_, test::kSigningKeyPem).value();
  KeyId id_ = key_id_of(crypto_, key_.get());
  EndorseSettings settings_;
  std::optional<Sim> sim_ = [] {
    Sim sim;
    sim.imsi = Imsi("440102130706441");
    sim.imei = Imei("350021307064412");
    sim.sim_id = SimId("8981100021307064418");
    sim.msisdn = "81202130706441";
    return sim;
  }();
  wire::HttpRequest request_;
};

TEST_F(EndorseRules, TokenIsByteForByteWhatOtherSoftwareMakes) {
  const auto reply = ask("GET", "/?username=foo");
  EXPECT_EQ(reply.response.status, 200U);
  EXPECT_EQ(reply.response.content_type, "application/json");
  EXPECT_EQ(reply.response.body, "{\"token\":\"" + std::string(test::kGoldenToken) + "\"}");
  ASSERT_TRUE(reply.issued.has_value());
  EXPECT_EQ(reply.issued->imsi.value(), "440102130706441");
  EXPECT_EQ(reply.issued->token_id, "hkK7qNyXzEMVAXfTq1MBuA");
  EXPECT_EQ(reply.issued->expires_at, 1800000600);
}

TEST_F(EndorseRules, KeyIdIsTheHashOfThePublicKey) {
  EXPECT_EQ(id_.value(), test::kKid);
  const auto loaded = load_signing_key(crypto_, Secret(std::string(test::kSigningKeyPem)));
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->id.value(), test::kKid);
  EXPECT_EQ(loaded->public_pem, test::kPublicKeyPem);
}

TEST_F(EndorseRules, AnEcKeyIsNoSigningKey) {
  const auto ec = wire::generate_key(crypto_, wire::KeyKind::ec_p256);
  const auto loaded = load_signing_key(crypto_, Secret(wire::private_key_pem(ec.get())));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, Errc::key_malformed);
}

TEST_F(EndorseRules, TokenIdsHave22CharactersAndDiffer) {
  const auto a = new_token_id(crypto_), b = new_token_id(crypto_);
  EXPECT_EQ(a.size(), 22U);
  EXPECT_NE(a, b);
  EXPECT_EQ(a.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
}

TEST_F(EndorseRules, GetAndPostAreTheSameWithoutParameters) {
  EXPECT_EQ(ask("GET", "/").response.body, ask("POST", "/").response.body);
  EXPECT_FALSE(claims_of(ask("GET", "/")).at("soracom-endorse-claim").contains("requestParameters"));
}

TEST_F(EndorseRules, DisabledItemsAreAbsent) {
  settings_.parameters_to_endorse = {true, false, false, false, false};
  const auto claims = claims_of(ask("GET", "/?a=b"));
  EXPECT_EQ(claims.at("soracom-endorse-claim").dump(), R"({"imsi":"440102130706441"})");
}

TEST_F(EndorseRules, EnabledItemsStandInOrder) {
  settings_.parameters_to_endorse = {true, true, true, true, true};
  const auto claims = claims_of(ask("GET", "/?a=b"));
  EXPECT_EQ(claims.at("soracom-endorse-claim").dump(),
            R"({"imsi":"440102130706441","imei":"350021307064412","msisdn":"81202130706441",)"
            R"("simId":"8981100021307064418","requestParameters":{"a":"b"}})");
}

TEST_F(EndorseRules, TheGroupsTimeoutSetsTheExpiry) {
  settings_.token_timeout = std::chrono::seconds(6000);
  const auto claims = claims_of(ask("GET", "/"));
  EXPECT_EQ(claims.at("exp"), 1800006000);
  EXPECT_EQ(claims.at("nbf"), 1799999940);
}

TEST_F(EndorseRules, BodyKeysBecomeParametersWhateverTheContentType) {
  request_.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  const auto claims = claims_of(ask("POST", "/?q=1%202&q2=", R"({"username":"foo","n":{"deep":[1,null]}})"));
  EXPECT_EQ(claims.at("soracom-endorse-claim").at("requestParameters").dump(),
            R"({"q":"1 2","q2":"","username":"foo","n":{"deep":[1,null]}})");
}

TEST_F(EndorseRules, MalformedBodiesAreRefused) {
  for (const std::string body : {"not json", "[1]", "\"text\"", "{\"a\":1", "{\"a\":1}x", "{\"a\":\"\xff\"}", "null",
                                 "1", "{\"a\":1,\"a\":2}"}) {
    SCOPED_TRACE(body);
    expect_error(ask("POST", "/", body), 400, "InvalidRequest");
  }
  expect_error(ask("POST", "/", "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"), 400,
               "InvalidRequest");
  // A GET has no body to speak of.
  EXPECT_EQ(ask("GET", "/", "not json").response.status, 200U);
}

TEST_F(EndorseRules, MalformedQueriesAreRefused) {
  expect_error(ask("GET", "/?a=%zz"), 400, "InvalidRequest");
  expect_error(ask("GET", "/?a=%ff"), 400, "InvalidRequest");
  std::string many = "/?";
  for (int i = 0; i < 300; ++i) many += "k" + std::to_string(i) + "=v&";
  expect_error(ask("GET", many), 400, "InvalidRequest");
}

TEST_F(EndorseRules, EveryTokenIssuedCanBeRead) {
  const std::string most(10'000, 'x');
  const auto reply = ask("POST", "/", R"({"a":")" + most + "\"}");
  const auto token = ordered_json::parse(reply.response.body).at("token").get<std::string>();
  EXPECT_TRUE(wire::parse_token(token).has_value());
  expect_error(ask("POST", "/", R"({"a":")" + std::string(12'000, 'x') + "\"}"), 400, "InvalidRequest");
  // Deep enough to be refused by verifiers only inside the token.
  expect_error(ask("POST", "/", "{\"a\":" + std::string(14, '[') + std::string(14, ']') + "}"), 400, "InvalidRequest");
}

TEST_F(EndorseRules, OtherPathsAndMethods) {
  expect_error(ask("GET", "/v1"), 404, "NotFound");
  expect_error(ask("DELETE", "/token"), 404, "NotFound");
  for (const auto* method : {"PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}) {
    const auto reply = ask(method, "/");
    expect_error(reply, 405, "MethodNotAllowed");
    EXPECT_EQ(reply.response.header("allow"), "GET, POST");
  }
}

TEST_F(EndorseRules, AnUnknownSimAndADisabledGroupAreRefused) {
  settings_.enabled = false;
  expect_error(ask("GET", "/"), 403, "EndorseDisabled");
  sim_.reset();
  expect_error(ask("GET", "/"), 403, "UnknownSim");
}

TEST_F(EndorseRules, AllowOriginIsAddedWhereSet) {
  EXPECT_FALSE(ask("GET", "/").response.header("Access-Control-Allow-Origin").has_value());
  settings_.allow_origin = "https://app.example";
  EXPECT_EQ(ask("GET", "/").response.header("Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(EndorseRules, AnAuthorisedRedirectCarriesTheToken) {
  struct Case {
    const char* url;
    const char* query;
    const char* before;
    const char* after;
  };
  settings_.authorized_redirect_urls = {"https://app.example/login", "https://app.example/?a=1",
                                        "https://app.example/x?", "https://app.example/x#top"};
  for (const auto& c :
       {Case{"https://app.example/login", "https%3A%2F%2Fapp.example%2Flogin",
             "https://app.example/login?soracom_endorse_token=eyJ", ""},
        Case{"https://app.example/?a=1", "https://app.example/?a=1",
             "https://app.example/?a=1&soracom_endorse_token=eyJ", ""},
        Case{"https://app.example/x?", "https://app.example/x?", "https://app.example/x?soracom_endorse_token=eyJ", ""},
        Case{"https://app.example/x#top", "https://app.example/x%23top",
             "https://app.example/x?soracom_endorse_token=eyJ", "#top"}}) {
    SCOPED_TRACE(c.url);
    const auto reply = ask("GET", std::string("/?username=foo&redirect_url=") + c.query);
    ASSERT_EQ(reply.response.status, 302U);
    const std::string location(reply.response.header("Location").value_or(""));
    EXPECT_THAT(location, StartsWith(c.before));
    EXPECT_THAT(location, testing::EndsWith(c.after));
    EXPECT_THAT(location, HasSubstr(std::string(test::kGoldenToken)));  // redirect_url itself is not endorsed
    EXPECT_EQ(reply.response.body, "");
    EXPECT_TRUE(reply.issued.has_value());
  }
}

TEST_F(EndorseRules, AnyOtherRedirectIsRefused) {
  expect_error(ask("GET", "/?redirect_url=https%3A%2F%2Fevil.example%2F"), 403, "RedirectNotAuthorized");
  settings_.authorized_redirect_urls = {"https://app.example/"};
  for (const auto* url : {"https://app.example", "https://app.example/x", "https://app.example/%0d%0aX:y", ""})
    expect_error(ask("GET", std::string("/?redirect_url=") + url), 403, "RedirectNotAuthorized");
}

class KeyStore : public testing::Test {
 protected:
  wire::HttpResponse ask(const std::string& method, const std::string& target) {
    wire::HttpRequest request;
    request.method = method;
    request.target = target;
    return key_store_reply(request, directory_);
  }
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  PublishedKeys directory_;
};

TEST_F(KeyStore, ServesThePublishedKeys) {
  directory_.publish(KeyId(std::string(test::kKid)), std::string(test::kPublicKeyPem));
  for (const auto* method : {"GET", "HEAD"}) {
    const auto reply = ask(method, "/soracom-public-keys/" + std::string(test::kKid));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.content_type, "binary/octet-stream");
    EXPECT_EQ(reply.body, test::kPublicKeyPem);
  }
}

TEST_F(KeyStore, DeniesAllElseAsS3Does) {
  directory_.publish(KeyId(std::string(test::kKid)), std::string(test::kPublicKeyPem));
  for (const auto& target :
       {std::string("/"), std::string("/soracom-public-keys/"), std::string("/soracom-public-keys"),
        std::string("/soracom-public-keys/v1-00000000000000000000000000000000-x509.pem"),
        std::string("/soracom-public-keys/../soracom-public-keys/") + std::string(test::kKid),
        std::string("/other-bucket/") + std::string(test::kKid)}) {
    SCOPED_TRACE(target);
    const auto reply = ask("GET", target);
    EXPECT_EQ(reply.status, 403U);
    EXPECT_EQ(reply.content_type, "application/xml");
    EXPECT_THAT(reply.body, HasSubstr("<Code>AccessDenied</Code>"));
  }
  EXPECT_EQ(ask("PUT", "/soracom-public-keys/x").status, 405U);
}

TEST_F(KeyStore, ACacheFollowsTheDirectory) {
  const CryptoContext crypto;
  const std::string kid(test::kKid);
  KeyCache cache(crypto, directory_);
  EXPECT_EQ(cache.find(kid), nullptr);
  directory_.publish(KeyId(kid), std::string(test::kPublicKeyPem));
  auto* key = cache.find(kid);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key_id_of(crypto, key).value(), kid);
  EXPECT_EQ(cache.find(kid), key);
  directory_.withdraw(KeyId(kid));
  EXPECT_EQ(cache.find(kid), nullptr);
  EXPECT_EQ(ask("GET", "/soracom-public-keys/" + kid).status, 403U);
}

}  // namespace
}  // namespace firstlight::fakes::endorse
