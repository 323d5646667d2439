// The faults at `endorse.token`: each defective token as Endorse really hands it out, judged by the parser, the proper
// public key and the claims' rules. (tests/peers judges the same with python3-jwt.)
#include <gmock/gmock.h>

#include "fakes/endorse/draft.hpp"
#include "tests/unit/fakes/provisioning_fault_lab.hpp"
#include "wire/jws.hpp"

namespace firstlight::fakes {
namespace {

using test::Given;
using test::kFirst;
using test::ProvisioningFaultLab;
using test::rule_of;
using testing::ElementsAre;
using testing::IsEmpty;

struct Defect {
  const char* effect;
  Given given;
  const char* verdict;
};

/// The first thing that a device which does everything right would hold against the token; "" for nothing.
std::string verdict(ProvisioningFaultLab& lab, const std::string& token) {
  const auto parsed = wire::parse_token(token);
  if (!parsed) {
    const auto& e = parsed.error();
    return std::string(e.name()) + (e.code == Errc::token_claim_missing ? " " + e.detail : "");
  }
  if (!wire::is_key_id(parsed->key_id)) return "the form of the key id";
  if (parsed->key_id != lab.signing_key.id.value()) return "an unknown key id";
  const auto key = wire::parse_public_key(lab.crypto, lab.signing_key.public_pem).value();
  if (const auto sound = wire::verify_signature(lab.crypto, *parsed, key.get()); !sound)
    return std::string(sound.error().name());
  if (const auto sound = wire::check_claims(parsed->claims, {}, lab.lab.clock.now()); !sound)
    return std::string(sound.error().name());
  if (!parsed->claims.endorse.imsi) return "no IMSI";
  if (*parsed->claims.endorse.imsi != derive_sim(boost::asio::ip::make_address("127.16.0.1")).imsi)
    return "another SIM's";
  return "";
}

class TokenFaults : public testing::TestWithParam<Defect> {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};

INSTANTIATE_TEST_SUITE_P(
    Effects, TokenFaults,
    testing::Values(
        Defect{"flipped-signature", {}, "token-signature"}, Defect{"unknown-key", {}, "token-signature"},
        Defect{"alg-none", {}, "token-algorithm"}, Defect{"hs256-public-key", {}, "token-algorithm"},
        Defect{"unknown-kid", {}, "an unknown key id"}, Defect{"path-traversing-kid", {}, "the form of the key id"},
        Defect{"url-kid", {}, "the form of the key id"}, Defect{"expired", {}, "token-expired"},
        Defect{"expired", {{"ago", "31s"}}, "token-expired"}, Defect{"not-before-in-future", {}, "token-not-yet-valid"},
        Defect{"issued-in-future", {}, "token-issued-in-future"}, Defect{"wrong-issuer", {}, "token-issuer"},
        Defect{"wrong-audience", {}, "token-audience"}, Defect{"wrong-subject", {}, "token-subject"},
        Defect{"audience-array", {}, "token-audience"}, Defect{"funk-token", {}, "token-claim-missing exp"},
        Defect{"missing-claim", {{"claim", "iss"}}, "token-claim-missing iss"},
        Defect{"missing-claim", {{"claim", "aud"}}, "token-claim-missing aud"},
        Defect{"missing-claim", {{"claim", "exp"}}, "token-claim-missing exp"},
        Defect{"missing-claim", {{"claim", "jti"}}, "token-claim-missing jti"},
        Defect{"missing-claim", {{"claim", "iat"}}, "token-claim-missing iat"},
        Defect{"missing-claim", {{"claim", "nbf"}}, "token-claim-missing nbf"},
        Defect{"missing-claim", {{"claim", "sub"}}, "token-claim-missing sub"},
        Defect{"missing-claim", {{"claim", "soracom-endorse-claim"}}, "token-claim-missing soracom-endorse-claim"},
        Defect{"missing-claim", {{"claim", "imsi"}}, "no IMSI"}, Defect{"other-imsi", {}, "another SIM's"},
        Defect{"truncated", {}, "token-malformed"}, Defect{"not-a-jws", {}, "token-malformed"},
        Defect{"oversized", {}, "token-too-large"}),
    [](const auto& p) {
      std::string name = p.param.effect;
      for (const auto& [key, value] : p.param.given) name += "-" + value;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST_P(TokenFaults, TheFirstTokenHasThatDefectAndNoOther) {
  const auto& defect = GetParam();
  ProvisioningFaultLab lab({rule_of("endorse.token", defect.effect, defect.given, kFirst)});
  EXPECT_EQ(verdict(lab, lab.token()), defect.verdict);
  EXPECT_EQ(verdict(lab, lab.token()), "") << "the second attempt";
  EXPECT_THAT(lab.firings(), ElementsAre(std::string(defect.effect) + " 1 1"));
}

class TokenFault : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};

TEST_F(TokenFault, EveryEffectIsJudgedHere) {
  std::set<std::string_view> judged;
  for (const auto* name : {"flipped-signature",    "unknown-key",         "alg-none",     "hs256-public-key",
                           "unknown-kid",          "path-traversing-kid", "url-kid",      "expired",
                           "not-before-in-future", "issued-in-future",    "wrong-issuer", "wrong-audience",
                           "wrong-subject",        "audience-array",      "funk-token",   "missing-claim",
                           "other-imsi",           "truncated",           "not-a-jws",    "oversized"})
    judged.insert(name);
  for (const auto* effect : *fault::find_point("endorse.token")->effects) EXPECT_TRUE(judged.contains(effect->name));
}

TEST_F(TokenFault, AlgorithmNoneIsWrittenAsTheStandardSays) {
  ProvisioningFaultLab lab({rule_of("endorse.token", "alg-none")});
  const auto token = lab.token();
  EXPECT_TRUE(token.ends_with("."));
  EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2);
}

TEST_F(TokenFault, ATruncatedTokenKeepsThatMuch) {
  ProvisioningFaultLab lab({rule_of("endorse.token", "truncated", {{"keep", "123B"}})});
  EXPECT_EQ(lab.token().size(), 123U);
}

TEST_F(TokenFault, AnotherCamerasTokenIsProper) {
  auto rule = rule_of("endorse.token", "flipped-signature");
  rule.cameras = {false, false, true};
  ProvisioningFaultLab lab({rule});
  EXPECT_EQ(verdict(lab, lab.token(1)), "");
  EXPECT_THAT(lab.firings(), IsEmpty());
}

TEST_F(TokenFault, ARequestThatGetsNoTokenIsNoAttempt) {
  ProvisioningFaultLab lab({rule_of("endorse.token", "flipped-signature", {}, kFirst)});
  lab.exchange(lab.endorse->endorse_port(), "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(verdict(lab, lab.token()), "token-signature");
  EXPECT_THAT(lab.firings(), ElementsAre("flipped-signature 1 1"));
}

/// The rule under another id, so that two rules with one effect can be told apart.
fault::Rule named(std::string id, fault::Rule rule) {
  rule.id = std::move(id);
  return rule;
}
fault::Rule first(const std::string& effect, const Given& given = {}) {
  return rule_of("endorse.token", effect, given, kFirst);
}

TEST_F(TokenFault, ARuleThatAnotherOneOverridesHasNotFired) {
  struct Case {
    std::vector<fault::Rule> rules;
    std::string firing;
  };
  for (const auto& [rules, firing] :
       {Case{{first("wrong-issuer"), first("not-a-jws")}, "not-a-jws 1 1"},
        Case{{first("expired"), first("truncated", {{"keep", "20B"}})}, "truncated 1 1"},
        Case{{first("unknown-kid"), first("url-kid")}, "url-kid 1 1"},
        Case{{first("flipped-signature"), first("alg-none")}, "alg-none 1 1"},
        Case{{first("unknown-key"), first("hs256-public-key")}, "hs256-public-key 1 1"}}) {
    SCOPED_TRACE(firing);
    ProvisioningFaultLab lab(rules);
    EXPECT_NE(verdict(lab, lab.token()), "");
    EXPECT_THAT(lab.firings(), ElementsAre(firing));
  }
}

TEST_F(TokenFault, ASignatureThatIsNotThereIsNotFlipped) {
  ProvisioningFaultLab lab({first("alg-none"), first("flipped-signature")});
  EXPECT_TRUE(lab.token().ends_with("."));
  EXPECT_THAT(lab.firings(), ElementsAre("alg-none 1 1"));
}

TEST_F(TokenFault, ATokenThatIsLongEnoughIsNotTruncated) {
  ProvisioningFaultLab lab({first("truncated", {{"keep", "100KiB"}})});
  EXPECT_EQ(verdict(lab, lab.token()), "");
  EXPECT_THAT(lab.firings(), IsEmpty());
}

// What an earlier rule removed, a later one may still want to change.
TEST_F(TokenFault, EveryEffectMeetsEveryClaimThatIsMissing) {
  for (const auto* effect : *fault::find_point("endorse.token")->effects)
    for (const auto& removed :
         {first("funk-token"), first("missing-claim", {{"claim", "exp"}}), first("missing-claim", {{"claim", "iat"}}),
          first("missing-claim", {{"claim", "soracom-endorse-claim"}})}) {
      const auto name = std::string(effect->name);
      SCOPED_TRACE(removed.id + " and then " + name);
      const auto later = name == "missing-claim" ? first(name, {{"claim", "imsi"}}) : first(name);
      auto draft = endorse::make_draft("{}", R"({"exp":1,"iat":1,"soracom-endorse-claim":{"imsi":"1"}})", {});
      draft.other_imsi = Imsi("440109999999999");
      fault::Engine::apply(draft, removed);
      EXPECT_NO_THROW(fault::Engine::apply(draft, later));
    }
}

TEST_F(TokenFault, AnExpiredTokenWithoutAnEndIsAnsweredAndProven) {
  ProvisioningFaultLab lab({named("no end", first("missing-claim", {{"claim", "exp"}})), first("expired")});
  EXPECT_EQ(verdict(lab, lab.token()), "token-expired");
  EXPECT_THAT(lab.firings(), ElementsAre("expired 1 1"));
}

TEST_F(TokenFault, ATokenThatIsNotHandedOutWholeProvesNothing) {
  for (const auto& [effect, given] : {std::pair{"garbage", Given{}}, std::pair{"truncated", Given{{"keep", "80%"}}},
                                      std::pair{"empty", Given{}}, std::pair{"wrong-length", Given{}}}) {
    SCOPED_TRACE(effect);
    ProvisioningFaultLab lab({first("flipped-signature"), rule_of("endorse.http", effect, given, kFirst)});
    test::Client client(lab.lab, lab.endorse->endorse_port(), "127.16.0.1");
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(client.receive_all());
    EXPECT_EQ(verdict(lab, lab.token()), "") << "the second attempt";
    EXPECT_THAT(lab.firings(), ElementsAre(std::string(effect) + " 1 1"));
  }
}

TEST_F(TokenFault, ATokenInPiecesIsAWholeOne) {
  ProvisioningFaultLab lab({first("flipped-signature"), rule_of("endorse.http", "chunked", {}, kFirst)});
  test::Client client(lab.lab, lab.endorse->endorse_port(), "127.16.0.1");
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive_all());
  EXPECT_THAT(lab.firings(), testing::UnorderedElementsAre("chunked 1 1", "flipped-signature 1 1"));
}

TEST_F(TokenFault, ADeviceThatLeftBeforeTheAnswerMetNoToken) {
  ProvisioningFaultLab lab({first("flipped-signature"), rule_of("endorse.http", "delay", {{"by", "1h"}}, kFirst)});
  test::Client client(lab.lab, lab.endorse->endorse_port(), "127.16.0.1");
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(lab.fired("delay"));
  client.leave();
  EXPECT_TRUE(client.ended_by_server());
  EXPECT_THAT(lab.firings(), ElementsAre("delay 1 1"));
}

// No token may have a key made for it: that would hold the shard, and all its cameras, for 50 to 300 ms.
TEST_F(TokenFault, TheStrangersKeyIsGivenAndNotMade) {
  const CryptoContext crypto;
  const auto proper = wire::parse_private_key(crypto, test::kSigningKeyPem).value();
  const auto unpublished_key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
  auto draft = endorse::make_draft(R"({"kid":"v1-00000000000000000000000000000000-x509.pem","alg":"RS256"})",
                                   R"({"exp":1})", {});
  fault::Engine::apply(draft, first("unknown-key"));
  EXPECT_THROW(endorse::sign_draft(crypto, draft, {proper.get(), nullptr}), std::logic_error);
  const auto token = endorse::sign_draft(crypto, draft, {proper.get(), unpublished_key.get()});
  EXPECT_EQ(token, wire::sign_token(crypto, draft.header.dump(), draft.claims.dump(), unpublished_key.get()));
}

}  // namespace
}  // namespace firstlight::fakes
