// The faults at `endorse.token`: each defective token as Endorse really hands it out, judged by the parser, the proper
// public key and the claims' rules. (tests/peers judges the same with python3-jwt.)
#include <gmock/gmock.h>

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

}  // namespace
}  // namespace firstlight::fakes
