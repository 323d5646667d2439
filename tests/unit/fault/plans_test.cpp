// What each effect on a token, an answer, a document, a certificate, a connection or a handshake writes into its plan:
// that, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fault/engine.hpp"
#include "fault/plans.hpp"
#include "tests/unit/fakes/logic_support.hpp"

namespace firstlight::fault {
namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;
using test::Given;
using test::rule_of;

template <class Plan>
Plan edited(const std::string& point, const std::string& effect, const Given& given = {}, Plan plan = {}) {
  Engine::apply(plan, rule_of(point, effect, given));
  return plan;
}

constexpr std::int64_t kNow = 1'800'000'000;

TokenDraft proper_draft() {
  TokenDraft draft;
  draft.header = {{"kid", "v1-0123456789abcdef0123456789abcdef-x509.pem"}, {"alg", "RS256"}};
  draft.claims = {{"iss", "https://soracom.io"},
                  {"aud", "soracom-endorse-audience"},
                  {"exp", kNow + 600},
                  {"jti", "0123456789012345678901"},
                  {"iat", kNow},
                  {"nbf", kNow - 60},
                  {"sub", "soracom-endorse"},
                  {"soracom-endorse-claim", {{"imsi", "440100000000001"}, {"simId", "8981100000000000001"}}}};
  draft.now = from_unix_seconds(kNow);
  draft.other_imsi = Imsi("440109999999999");
  return draft;
}
TokenDraft token(const std::string& effect, const Given& given = {}) {
  return edited<TokenDraft>("endorse.token", effect, given, proper_draft());
}
/// The claims that differ from the proper ones, absent ones included.
std::set<std::string> changed(const TokenDraft& draft) {
  const auto proper = proper_draft();
  std::set<std::string> names;
  for (const auto& patch : ordered_json::diff(proper.claims, draft.claims)) {
    const auto path = patch.at("path").get<std::string>().substr(1);
    names.insert(path.substr(0, path.find('/')));
  }
  return names;
}
using Names = std::set<std::string>;

TEST(TokenEffects, ChangeTheirOwnClaimsAlone) {
  EXPECT_EQ(changed(token("expired")), (Names{"exp", "iat", "nbf"}));
  EXPECT_EQ(changed(token("not-before-in-future")), Names{"nbf"});
  EXPECT_EQ(changed(token("issued-in-future")), Names{"iat"});
  EXPECT_EQ(changed(token("wrong-issuer")), Names{"iss"});
  EXPECT_EQ(changed(token("wrong-audience")), Names{"aud"});
  EXPECT_EQ(changed(token("audience-array")), Names{"aud"});
  EXPECT_EQ(changed(token("wrong-subject")), Names{"sub"});
  EXPECT_EQ(changed(token("other-imsi")), Names{"soracom-endorse-claim"});
  EXPECT_EQ(changed(token("oversized")), Names{"soracom-endorse-claim"});
  for (const std::string claim : {"iss", "aud", "exp", "jti", "iat", "nbf", "sub", "soracom-endorse-claim"})
    EXPECT_EQ(changed(token("missing-claim", {{"claim", claim}})), Names{claim});
  for (const auto* effect : {"flipped-signature", "unknown-key", "alg-none", "hs256-public-key", "unknown-kid",
                             "path-traversing-kid", "url-kid", "truncated", "not-a-jws"})
    EXPECT_EQ(changed(token(effect)), Names{}) << effect;
}

TEST(TokenEffects, TimesAreByTheLabsClock) {
  const auto expired = token("expired", {{"ago", "90s"}});
  EXPECT_EQ(expired.claims.at("exp"), kNow - 90);
  EXPECT_EQ(expired.claims.at("iat"), kNow - 690) << "its lifetime is what it was";
  EXPECT_EQ(expired.claims.at("nbf"), kNow - 750);
  EXPECT_EQ(token("not-before-in-future", {{"by", "90s"}}).claims.at("nbf"), kNow + 90);
  EXPECT_EQ(token("issued-in-future", {{"by", "90s"}}).claims.at("iat"), kNow + 90);
}

TEST(TokenEffects, EditHeaderAndSignature) {
  EXPECT_TRUE(token("flipped-signature").flip_signature);
  EXPECT_EQ(token("unknown-key").signature, TokenDraft::Signature::unknown_key);
  EXPECT_EQ(token("alg-none").signature, TokenDraft::Signature::none);
  EXPECT_EQ(token("alg-none").header.at("alg"), "none");
  EXPECT_EQ(token("hs256-public-key").signature, TokenDraft::Signature::hmac_public_key);
  EXPECT_EQ(token("hs256-public-key").header.at("alg"), "HS256");
  EXPECT_NE(token("unknown-kid").header, proper_draft().header);
  EXPECT_NE(token("path-traversing-kid").header.at("kid").get<std::string>().find("../"), std::string::npos);
  EXPECT_TRUE(token("url-kid").header.at("kid").get<std::string>().starts_with("https://"));
  EXPECT_EQ(token("truncated", {{"keep", "7B"}}).keep_bytes, 7U);
  EXPECT_TRUE(token("not-a-jws").instead.has_value());
}

TEST(TokenEffects, EditTheEndorsedSim) {
  EXPECT_EQ(token("other-imsi").claims.at("soracom-endorse-claim").at("imsi"), "440109999999999");
  const auto without = token("missing-claim", {{"claim", "imsi"}}).claims.at("soracom-endorse-claim");
  EXPECT_FALSE(without.contains("imsi"));
  EXPECT_TRUE(without.contains("simId"));
  EXPECT_GE(token("oversized", {{"bytes", "20KiB"}}).claims.dump().size(), 20U * 1024);
  const auto funk = token("funk-token").claims;
  EXPECT_FALSE(funk.contains("exp"));
  EXPECT_FALSE(funk.contains("soracom-endorse-claim"));
  EXPECT_EQ(funk.at("sub"), "funk.soracom.io");
  EXPECT_TRUE(funk.at("aud").get<std::string>().ends_with(":440100000000001"));
}

HttpPlan http(const std::string& effect, const Given& given = {}) {
  return edited<HttpPlan>("config_api.http", effect, given);
}

TEST(HttpEffects, EditTheAnswer) {
  const auto status = http("status", {{"code", "503"}, {"retry_after", "1100ms"}});
  ASSERT_TRUE(status.instead);
  EXPECT_EQ(status.instead->status, 503U);
  EXPECT_THAT(status.instead->headers, testing::ElementsAre(testing::Pair("Retry-After", "2")));
  EXPECT_TRUE(http("status", {{"code", "500"}}).instead->headers.empty());
  EXPECT_EQ(http("delay", {{"by", "3s"}}).delay, 3s);
  EXPECT_DOUBLE_EQ(*http("truncated", {{"keep", "12.5%"}}).keep, 0.125);
  EXPECT_EQ(http("garbage", {{"bytes", "9B"}}).garbage, 9);
  EXPECT_EQ(http("wrong-length", {{"by", "-3"}}).wrong_length, -3);
  EXPECT_TRUE(http("chunked").chunked);
  EXPECT_TRUE(http("empty").empty_body);
  EXPECT_EQ(http("html").instead->status, 200U);
  EXPECT_EQ(http("redirect", {{"to", "https://a.example/"}}).instead->status, 302U);
}

TEST(HttpEffects, OnlyThoseThatReplaceTheAnswerDoNotAskTheService) {
  for (const auto* effect : {"delay", "truncated", "garbage", "wrong-length", "chunked", "empty"})
    EXPECT_FALSE(http(effect, {{"by", std::string_view(effect) == "delay" ? "1s" : "1"}}).instead) << effect;
}

ordered_json body(const std::string& effect, const Given& given) {
  ordered_json document{{"mqtt_config", {{"endpoint", "localhost"}, {"port", 8883}}}, {"device_id", "d"}};
  BodyDraft draft{&document};
  Engine::apply(draft, rule_of("config_api.body", effect, given));
  return document;
}

TEST(BodyEffects, EditOneField) {
  EXPECT_EQ(body("missing-field", {}).dump(), R"({"mqtt_config":{"port":8883},"device_id":"d"})");
  EXPECT_EQ(body("missing-field", {{"field", "device_id"}}).dump(),
            R"({"mqtt_config":{"endpoint":"localhost","port":8883}})");
  EXPECT_EQ(body("mistyped-field", {}).dump(),
            R"({"mqtt_config":{"endpoint":"localhost","port":{"unexpected":true}},"device_id":"d"})");
  EXPECT_EQ(body("mistyped-field", {{"field", "mqtt_config"}}).dump(),
            R"({"mqtt_config":"not an object","device_id":"d"})");
  EXPECT_EQ(body("huge", {{"bytes", "10B"}}).at("padding"), "xxxxxxxxxx");
}

TEST(BodyEffects, APathThatLeadsNowhereChangesNothing) {
  const auto proper = body("missing-field", {{"field", "no.such.field"}});
  for (const auto* path : {"", ".", "mqtt_config.", "mqtt_config.port.deeper", "mqtt_config..port", "device_id.x"})
    for (const auto* effect : {"missing-field", "mistyped-field"})
      EXPECT_EQ(body(effect, {{"field", path}}), proper) << effect << " " << path;
}

TEST(CertificateEffects, EditThePlan) {
  const auto plan = [](const std::string& effect, const Given& given = {}) {
    return edited<CertificatePlan>("config_api.certificate", effect, given);
  };
  EXPECT_EQ(plan("expired", {{"ago", "2h"}}).dates.expired, 2h);
  EXPECT_EQ(plan("not-yet-valid", {{"in", "2h"}}).dates.not_yet_valid, 2h);
  EXPECT_EQ(plan("lifetime", {{"of", "2h"}}).dates.lifetime, 2h);
  EXPECT_TRUE(plan("key-mismatch").foreign_key);
  EXPECT_TRUE(plan("wrong-ca").foreign_authority);
  EXPECT_TRUE(plan("wrong-usage").server_usage);
  EXPECT_TRUE(plan("other-device").other_device);
  EXPECT_TRUE(plan("weak-key").weak_key);
}

TEST(LinkEffects, EditThePlan) {
  const auto plan = [](const std::string& effect, const Given& given = {}) {
    return edited<LinkPlan>("link.mqtt", effect, given);
  };
  using Reset = LinkPlan::Reset;
  EXPECT_FALSE(LinkPlan{}.shaped());
  EXPECT_EQ(plan("reset").reset, Reset{Reset::When::at_once});
  EXPECT_EQ(plan("reset", {{"when", "before-tls"}}).reset, Reset{Reset::When::before_tls});
  EXPECT_EQ(plan("reset", {{"when", "after-tls"}, {"bytes", "1KiB"}}).reset, Reset{Reset::When::after_tls});
  const auto late = plan("reset", {{"when", "after-bytes"}, {"bytes", "1KiB"}});
  EXPECT_EQ(late.reset, (Reset{Reset::When::after_bytes, 1024}));
  EXPECT_TRUE(plan("blackhole").swallow);
  const auto latency = plan("latency", {{"of", "5ms"}, {"spread", "7ms"}, {"shape", "exponential"}}).latency;
  EXPECT_EQ(latency.base, 5ms);
  EXPECT_EQ(latency.spread, 7ms);
  EXPECT_TRUE(latency.exponential);
  EXPECT_EQ(plan("bandwidth", {{"rate", "2KiB"}}).bytes_per_second, 2048);
  EXPECT_EQ(plan("slice", {{"bytes", "3B"}, {"pause", "4ms"}}).slice, (LinkPlan::Slice{3, 4ms}));
  EXPECT_EQ(plan("stall", {{"after", "5B"}}).stall_after, 5);
  EXPECT_EQ(plan("half-close", {{"after", "6B"}}).half_close_after, 6);
  EXPECT_EQ(plan("partition").partitions, 1);
  EXPECT_EQ(plan("flap", {{"up", "8ms"}, {"down", "9ms"}}).flap, (LinkPlan::Flap{8ms, 9ms}));
}

TEST(LinkEffects, AllButTwoResetsNeedTheShaper) {
  const std::map<std::string, Given> given{
      {"latency", {{"of", "5ms"}}}, {"bandwidth", {{"rate", "2KiB"}}}, {"reset", {{"when", "before-tls"}}}};
  for (const auto* effect : *find_point("link")->effects) {
    const std::string name(effect->name);
    if (name == "refuse") continue;  // it never comes to a connection
    const auto arguments = given.contains(name) ? given.at(name) : Given{};
    EXPECT_TRUE(edited<LinkPlan>("link.mqtt", name, arguments).shaped()) << name;
  }
  EXPECT_FALSE(edited<LinkPlan>("link.mqtt", "reset", {}).shaped());
  EXPECT_FALSE(edited<LinkPlan>("link.mqtt", "reset", {{"when", "after-tls"}}).shaped());
}

TEST(TlsEffects, EditThePlan) {
  const auto plan = [](const std::string& effect, const Given& given = {}) {
    return edited<TlsPlan>("tls.mqtt", effect, given);
  };
  namespace shown = server_certificate;
  const auto certificate = [&](const std::string& effect, const Given& given = {}) {
    return plan(effect, given).certificate;
  };
  EXPECT_EQ(TlsPlan{}.certificate, ServerCertificate{shown::Proper{}});
  EXPECT_EQ(certificate("expired", {{"ago", "2h"}}), ServerCertificate{shown::Expired{2h}});
  EXPECT_EQ(certificate("not-yet-valid", {{"in", "3h"}}), ServerCertificate{shown::NotYetValid{3h}});
  EXPECT_EQ(certificate("wrong-name", {{"name", "a.example"}}), ServerCertificate{shown::WrongName{"a.example"}});
  EXPECT_EQ(certificate("unknown-ca"), ServerCertificate{shown::UnknownAuthority{}});
  EXPECT_EQ(certificate("self-signed"), ServerCertificate{shown::SelfSigned{}});
  EXPECT_EQ(certificate("incomplete-chain"), ServerCertificate{shown::IncompleteChain{}});
  EXPECT_EQ(certificate("oversized", {{"bytes", "20KiB"}}), ServerCertificate{shown::Oversized{20480}});
  EXPECT_EQ(plan("version", {{"only", "1.0"}}).only_version, 0x0301);
  EXPECT_EQ(plan("version", {{"only", "1.3"}}).only_version, 0x0304);
  EXPECT_EQ(plan("cipher", {{"only", "TLS_AES_256_GCM_SHA384"}}).cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(plan("max-fragment").max_fragment, 512);
  EXPECT_EQ(plan("alert", {{"number", "70"}}).alert, 70);
  EXPECT_EQ(plan("stall").stall, TlsPlan::Stall::server_hello);
  EXPECT_EQ(plan("stall", {{"step", "certificate"}}).stall, TlsPlan::Stall::certificate);
  for (const auto* effect : *find_point("tls")->effects) {
    const auto given = effect->name == "version"  ? Given{{"only", "1.2"}}
                       : effect->name == "cipher" ? Given{{"only", "TLS_AES_256_GCM_SHA384"}}
                                                  : Given{};
    EXPECT_NE(plan(std::string(effect->name), given), TlsPlan{}) << effect->name;
  }
}

}  // namespace
}  // namespace firstlight::fault
