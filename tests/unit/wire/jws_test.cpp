#include "wire/jws.hpp"

#include <gtest/gtest.h>

#include "token_vectors.hpp"
#include "wire/x509.hpp"

namespace firstlight::wire {
namespace {

class Jws : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  CryptoContext crypto;
  PkeyPtr public_key = *parse_public_key(crypto, vectors::kRsaPublic);
};

std::string encoded(std::string_view json) {
  return base64url_encode(as_bytes(json));
}

const std::string kHeader = R"({"kid":"v1-0123456789abcdef0123456789abcdef-x509.pem","alg":"RS256"})";
const std::string kClaims =
    R"({"iss":"https://soracom.io","aud":"soracom-endorse-audience","exp":600,"jti":"j","iat":1,"nbf":0,)"
    R"("sub":"soracom-endorse","soracom-endorse-claim":{"imsi":"440100123456789"}})";

std::string token_of(std::string_view header, std::string_view claims) {
  return encoded(header) + "." + encoded(claims) + ".c2ln";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

std::string outcome(const std::string& token) {
  const auto parsed = parse_token(token);
  return parsed ? "ok" : std::string(parsed.error().name());
}
std::string outcome_of_header(std::string_view header) {
  return outcome(token_of(header, kClaims));
}
std::string outcome_of_claims(std::string_view claims) {
  return outcome(token_of(kHeader, claims));
}

ParsedToken unparsed(std::string_view compact) {  // for RFC 7515's token, whose claims are not Endorse's
  ParsedToken token;
  const auto dot = compact.rfind('.');
  token.signing_input = compact.substr(0, dot);
  EXPECT_TRUE(base64url_decode(compact.substr(dot + 1), token.signature));
  return token;
}

TEST_F(Jws, VerifiesRfc7515AppendixA2) {
  EXPECT_TRUE(verify_signature(crypto, unparsed(vectors::kRfc7515Token), public_key.get()));
}

TEST_F(Jws, SignsRfc7515AppendixA2ToTheByte) {  // RSASSA-PKCS1-v1_5 is deterministic
  const auto key = parse_private_key(crypto, vectors::kRsaPrivatePkcs1);
  ASSERT_TRUE(key);
  EXPECT_EQ(
      sign_token(crypto, R"({"alg":"RS256"})",
                 "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}", key->get()),
      vectors::kRfc7515Token);
}

TEST_F(Jws, ReadsAndVerifiesPyjwtsToken) {
  const auto token = parse_token(vectors::kPyjwtToken);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_TRUE(verify_signature(crypto, *token, public_key.get()));
  EXPECT_EQ(token->key_id, "v1-0123456789abcdef0123456789abcdef-x509.pem");
  EXPECT_EQ(token->algorithm, "RS256");
  EXPECT_EQ(token->claims.issuer, "https://soracom.io");
  EXPECT_EQ(token->claims.audience, "soracom-endorse-audience");
  EXPECT_EQ(token->claims.subject, "soracom-endorse");
  EXPECT_EQ(token->claims.token_id, "hkK7qNyXzEMVAXfTq1MBuA");
  EXPECT_EQ(token->claims.expires_at, 1800000600);
  EXPECT_EQ(token->claims.issued_at, 1800000000);
  EXPECT_EQ(token->claims.not_before, 1799999940);
  EXPECT_EQ(token->claims.endorse.imsi, Imsi("440100123456789"));
  EXPECT_EQ(token->claims.endorse.imei, Imei("490154203237518"));
  EXPECT_FALSE(token->claims.endorse.msisdn);
  EXPECT_FALSE(token->claims.endorse.sim_id);
  EXPECT_EQ(token->claims.endorse.request_parameters->at("note"), "caf\u00e9");
}

TEST_F(Jws, NoFlippedBitVerifies) {
  const std::string good = vectors::kPyjwtToken;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned bit : {0U, 3U, 6U}) {
      auto bad = good;
      bad[i] = static_cast<char>(bad[i] ^ static_cast<char>(1U << bit));
      const auto token = parse_token(bad);
      if (!token) continue;  // which name: the tests below
      const auto verified = verify_signature(crypto, *token, public_key.get());
      ASSERT_FALSE(verified) << i << " bit " << bit;
      ASSERT_EQ(verified.error().name(), "token-signature");
    }
  }
}

TEST_F(Jws, AChangedSignatureIsNamedAsThat) {
  std::string bad = vectors::kPyjwtToken;
  auto& c = bad[bad.rfind('.') + 5];
  c = c == 'A' ? 'B' : 'A';
  const auto token = parse_token(bad);
  ASSERT_TRUE(token);
  EXPECT_EQ(verify_signature(crypto, *token, public_key.get()).error().name(), "token-signature");
}

TEST_F(Jws, AnotherKeyDoesNotVerify) {
  const auto token = *parse_token(vectors::kPyjwtToken);
  const auto other = generate_key(crypto, KeyKind::rsa_2048);
  EXPECT_FALSE(verify_signature(crypto, token, other.get()));
  const auto elliptic = generate_key(crypto, KeyKind::ec_p256);
  EXPECT_EQ(verify_signature(crypto, token, elliptic.get()).error().name(), "token-signature");
  EXPECT_FALSE(verify_signature(crypto, token, nullptr));
}

TEST_F(Jws, PartsAreStrict) {
  const auto good = token_of(kHeader, kClaims);
  EXPECT_EQ(outcome(good), "ok");
  for (const auto& bad :
       {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".", good + "=", good + " ",
        "\n" + good, good.substr(0, good.rfind('.')), good.substr(1), good.substr(0, good.rfind('.') + 1), "." + good,
        replaced(good, ".", ".."), good + "A"})  // 7 characters of base64url: a stray bit
    EXPECT_EQ(outcome(bad), "token-malformed") << bad;
  EXPECT_EQ(outcome(std::string(kMaxTokenBytes + 1, 'A')), "token-too-large");
  EXPECT_EQ(outcome(std::string(kMaxTokenBytes, 'A')), "token-malformed");
}

TEST_F(Jws, OnlyRs256) {
  for (const auto* alg : {"none", "HS256", "RS512", "rs256", "RS256 ", "ES256", "PS256", ""})
    EXPECT_EQ(outcome_of_header(replaced(kHeader, "RS256", alg)), "token-algorithm") << alg;
  // An unsigned token has an empty third part: its algorithm is still the reason.
  EXPECT_EQ(outcome(encoded(replaced(kHeader, "RS256", "none")) + "." + encoded(kClaims) + "."), "token-algorithm");
  EXPECT_EQ(outcome_of_header(R"({"kid":"k","alg":["RS256"]})"), "token-malformed");
  EXPECT_EQ(outcome_of_header(R"({"kid":"k"})"), "token-malformed");
}

TEST_F(Jws, HeaderIsStrict) {
  EXPECT_EQ(outcome_of_header(R"({"typ":"JWT","kid":"k","alg":"RS256","x":{"y":[1]}})"), "ok");
  for (const auto* bad :
       {R"({"alg":"RS256"})", R"({"kid":1,"alg":"RS256"})", R"({"kid":"k","alg":"RS256","crit":["b64"]})",
        R"({"kid":"k","alg":"RS256","alg":"RS256"})", R"({"kid":"a","alg":"RS256","kid":"b"})", R"(["RS256"])",
        R"("RS256")", "RS256", "{}{}", R"({"kid":"k","alg":"RS256"} x)", R"({"kid":"k","alg":"RS256",})",
        R"({'kid':'k','alg':'RS256'})", "\xef\xbb\xbf{\"kid\":\"k\",\"alg\":\"RS256\"}",
        "{\"kid\":\"\xff\",\"alg\":\"RS256\"}"})
    EXPECT_EQ(outcome_of_header(bad), "token-malformed") << bad;
}

TEST_F(Jws, ClaimsAreNeeded) {
  for (const auto* claim : {"iss", "aud", "exp", "jti", "iat", "nbf", "sub", "soracom-endorse-claim"}) {
    const auto name = std::string("\"") + claim + "\":";
    const auto parsed = parse_token(token_of(kHeader, replaced(kClaims, name, "\"other\":")));
    ASSERT_FALSE(parsed) << claim;
    EXPECT_EQ(parsed.error(), Error(Errc::token_claim_missing, claim));
  }
}

TEST_F(Jws, ClaimsAreStrict) {
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"soracom-endorse-audience\"", R"(["soracom-endorse-audience"])")),
            "token-audience");
  for (const auto* value :
       {"600.0", "6e2", "\"600\"", "-1", "253402300800", "99999999999999999999", "null", "true", "[600]"})
    EXPECT_EQ(outcome_of_claims(replaced(kClaims, "600", value)), "token-malformed") << value;
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "600", "253402300799")), "ok");
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"jti\":", "\"exp\":")), "token-malformed");  // exp twice
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"imsi\":", R"("imsi":"1","imsi":)")), "token-malformed");
  // An escape spells the same name.
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"imsi\":", R"("\u0069msi":"1","imsi":)")), "token-malformed");
  for (const auto* value : {"440100123456789", "null", "\"\"", "{}"})
    EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"440100123456789\"", value)), "token-malformed") << value;
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, R"({"imsi":"440100123456789"})", "[]")), "token-malformed");
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, R"({"imsi":"440100123456789"})", "{}")), "ok");
  EXPECT_EQ(outcome_of_claims(replaced(kClaims, "\"imsi\":", R"("requestParameters":[],"imsi":)")), "token-malformed");
}

TEST_F(Jws, DepthAndMembersAreBounded) {
  const auto nested = [](std::size_t depth) {
    return replaced(
        kClaims, "\"imsi\":",
        "\"requestParameters\":{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "},\"imsi\":");
  };
  EXPECT_EQ(outcome_of_claims(nested(13)), "ok");
  EXPECT_EQ(outcome_of_claims(nested(14)), "token-malformed");
  EXPECT_EQ(outcome_of_claims(nested(5000)), "token-malformed");
  std::string many;
  for (int i = 0; i < 600; ++i) many += "\"" + std::to_string(i) + "\":0,";
  EXPECT_EQ(outcome_of_claims("{" + many + kClaims.substr(1)), "token-malformed");
}

TEST_F(Jws, ATokenOfAnotherProductIsNamedByItsAudience) {  // SORACOM Funk signs with the same keys
  const auto parsed = parse_token(token_of(
      kHeader,
      R"({"iss":"https://soracom.io","aud":"srn:soracom:OP0:jp:Subscriber:440100123456789","exp":600,"jti":"j","iat":1,)"
      R"("nbf":0,"sub":"funk.soracom.io"})"));
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_EQ(check_claims(parsed->claims, {}, from_unix_seconds(100)).error().name(), "token-audience");
}

std::string claims_outcome(const TokenClaims& claims, std::int64_t now, ClaimRules rules = {}) {
  const auto checked = check_claims(claims, rules, from_unix_seconds(now));
  return checked ? "ok" : std::string(checked.error().name());
}

TEST_F(Jws, ChecksNamesBeforeTimes) {
  TokenClaims claims;
  claims.expires_at = 600;
  EXPECT_EQ(claims_outcome(claims, 100), "ok");
  claims.subject = "funk.soracom.io";
  EXPECT_EQ(claims_outcome(claims, 9999), "token-subject");
  claims.audience += "/";
  EXPECT_EQ(claims_outcome(claims, 9999), "token-audience");
  claims.issuer += "/";
  EXPECT_EQ(claims_outcome(claims, 9999), "token-issuer");
}

TEST_F(Jws, LeewayIsExact) {
  TokenClaims claims;
  claims.expires_at = 1600;
  claims.not_before = 940;
  claims.issued_at = 1000;
  EXPECT_EQ(claims_outcome(claims, 1629), "ok");
  EXPECT_EQ(claims_outcome(claims, 1630), "token-expired");
  EXPECT_EQ(claims_outcome(claims, 970), "ok");
  EXPECT_EQ(claims_outcome(claims, 969), "token-issued-in-future");
  EXPECT_EQ(claims_outcome(claims, 909), "token-not-yet-valid");
  ClaimRules strict;
  strict.leeway = std::chrono::seconds(0);
  EXPECT_EQ(claims_outcome(claims, 1599, strict), "ok");
  EXPECT_EQ(claims_outcome(claims, 1600, strict), "token-expired");
  EXPECT_EQ(claims_outcome(claims, 1000, strict), "ok");
  EXPECT_EQ(claims_outcome(claims, 999, strict), "token-issued-in-future");
}

TEST_F(Jws, KeyIds) {
  EXPECT_TRUE(is_key_id("v1-f2fea060b93f510bfb722f2cd4b3774e-x509.pem"));
  for (const auto* bad :
       {"", "v1-f2fea060b93f510bfb722f2cd4b3774e-x509.pe", "v1-f2fea060b93f510bfb722f2cd4b3774-x509.pem",
        "v1-F2FEA060B93F510BFB722F2CD4B3774E-x509.pem", "v2-f2fea060b93f510bfb722f2cd4b3774e-x509.pem",
        "../f2fea060b93f510bfb722f2cd4b3774e-x509.pem", "v1-../../../../../../../../../etc/pa-x509.pem",
        "http://127.0.0.1/v1-f2fea060b93f510bfb722f2cd4b3774e-x509.pem",
        "v1-f2fea060b93f510bfb722f2cd4b3774e-x509.pem\n"})
    EXPECT_FALSE(is_key_id(bad)) << bad;
}

TEST_F(Jws, FormatsAsEndorseDoes) {
  EXPECT_EQ(format_token_header(KeyId("v1-0123456789abcdef0123456789abcdef-x509.pem")), kHeader);
  TokenClaims claims;
  claims.expires_at = 1800000600;
  claims.token_id = "hkK7qNyXzEMVAXfTq1MBuA";
  claims.issued_at = 1800000000;
  claims.not_before = 1799999940;
  EXPECT_EQ(format_token_claims(claims),
            R"({"iss":"https://soracom.io","aud":"soracom-endorse-audience","exp":1800000600,)"
            R"("jti":"hkK7qNyXzEMVAXfTq1MBuA","iat":1800000000,"nbf":1799999940,"sub":"soracom-endorse",)"
            R"("soracom-endorse-claim":{}})");
  claims.endorse.request_parameters = nlohmann::ordered_json{{"z", "1"}, {"a", "\xff"}};
  claims.endorse.sim_id = SimId("8942310022000012345");
  claims.endorse.msisdn = "423312345678901";
  claims.endorse.imei = Imei("490154203237518");
  claims.endorse.imsi = Imsi("440100123456789");
  const auto text = format_token_claims(claims);
  EXPECT_NE(text.find("\"soracom-endorse-claim\":{\"imsi\":\"440100123456789\",\"imei\":\"490154203237518\","
                      "\"msisdn\":\"423312345678901\",\"simId\":\"8942310022000012345\","
                      "\"requestParameters\":{\"z\":\"1\",\"a\":\"\xef\xbf\xbd\"}}}"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace firstlight::wire
