#include "wire/jws.hpp"

#include "wire/strict_json.hpp"

namespace firstlight::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t kMaxTextClaim = 1024;
constexpr std::size_t kMaxIdentifier = 64;
constexpr int kMinRsaBits = 2048;  // RFC 7518 §3.3

Error malformed(std::string detail) {
  return {Errc::token_malformed, std::move(detail)};
}

result<std::string> text_member(const Json& object, const char* name, std::size_t limit) {
  const auto at = object.find(name);
  if (at == object.end()) return Error(Errc::token_claim_missing, name);
  if (!at->is_string()) return malformed(name);
  const auto& text = at->get_ref<const std::string&>();
  if (text.empty() || text.size() > limit) return malformed(name);
  return text;
}

result<std::int64_t> time_member(const Json& object, const char* name) {
  const auto at = object.find(name);
  if (at == object.end()) return Error(Errc::token_claim_missing, name);
  if (at->is_number_unsigned()) {
    const auto seconds = at->get<std::uint64_t>();
    if (seconds <= static_cast<std::uint64_t>(kLastSecond)) return static_cast<std::int64_t>(seconds);
  }
  return malformed(name);
}

template <class Id>
result<void> read_identifier(const Json& claim, const char* name, std::optional<Id>& out) {
  if (!claim.contains(name)) return {};
  auto text = text_member(claim, name, kMaxIdentifier);
  if (!text) return text.error();
  out.emplace(std::move(*text));
  return {};
}

result<EndorseClaim> read_endorse_claim(const Json& payload, const std::string& audience) {
  EndorseClaim endorse;
  const auto at = payload.find("soracom-endorse-claim");
  if (at == payload.end()) {
    // Another product's token under the same key lacks the claim too: let its audience be named as the reason.
    if (audience != kEndorseAudience) return endorse;
    return Error(Errc::token_claim_missing, "soracom-endorse-claim");
  }
  if (!at->is_object()) return malformed("soracom-endorse-claim");
  if (auto r = read_identifier(*at, "imsi", endorse.imsi); !r) return r.error();
  if (auto r = read_identifier(*at, "imei", endorse.imei); !r) return r.error();
  if (auto r = read_identifier(*at, "msisdn", endorse.msisdn); !r) return r.error();
  if (auto r = read_identifier(*at, "simId", endorse.sim_id); !r) return r.error();
  if (const auto parameters = at->find("requestParameters"); parameters != at->end()) {
    if (!parameters->is_object()) return malformed("requestParameters");
    endorse.request_parameters = *parameters;
  }
  return endorse;
}

result<void> read_times(const Json& payload, TokenClaims& claims) {
  struct Slot {
    const char* name;
    std::int64_t TokenClaims::*member;
  };
  for (const auto& slot : {Slot{"exp", &TokenClaims::expires_at}, Slot{"iat", &TokenClaims::issued_at},
                           Slot{"nbf", &TokenClaims::not_before}}) {
    auto seconds = time_member(payload, slot.name);
    if (!seconds) return seconds.error();
    claims.*slot.member = *seconds;
  }
  return {};
}

result<TokenClaims> read_claims(const Json& payload) {
  struct Slot {
    const char* name;
    std::string TokenClaims::*member;
  };
  TokenClaims claims;
  if (const auto aud = payload.find("aud"); aud != payload.end() && aud->is_array())
    return Error(Errc::token_audience, "aud is an array");
  for (const auto& slot : {Slot{"iss", &TokenClaims::issuer}, Slot{"aud", &TokenClaims::audience},
                           Slot{"sub", &TokenClaims::subject}, Slot{"jti", &TokenClaims::token_id}}) {
    auto text = text_member(payload, slot.name, kMaxTextClaim);
    if (!text) return text.error();
    claims.*slot.member = std::move(*text);
  }
  if (auto times = read_times(payload, claims); !times) return times.error();
  auto endorse = read_endorse_claim(payload, claims.audience);
  if (!endorse) return endorse.error();
  claims.endorse = std::move(*endorse);
  return claims;
}

result<void> read_header(std::string_view part, ParsedToken& token) {
  std::string text;
  if (!base64url_decode(part, text)) return malformed("header");
  const auto header = parse_strict_object(text);
  if (!header) return malformed("header");
  if (header->contains("crit")) return malformed("crit");  // RFC 7515 §4.1.11: no extension is understood here
  const auto algorithm = header->find("alg");
  if (algorithm == header->end() || !algorithm->is_string()) return malformed("alg");
  token.algorithm = algorithm->get<std::string>();
  if (token.algorithm != "RS256") return Error(Errc::token_algorithm);
  const auto kid = header->find("kid");
  if (kid == header->end() || !kid->is_string()) return malformed("kid");
  token.key_id = kid->get<std::string>();
  return {};
}

}  // namespace

result<ParsedToken> parse_token(std::string_view compact) {
  if (compact.size() > kMaxTokenBytes) return Error(Errc::token_too_large);
  const auto first = compact.find('.');
  const auto second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
    return malformed("not three parts");
  ParsedToken token;
  if (auto header = read_header(compact.substr(0, first), token); !header) return header.error();
  std::string payload_text;
  if (!base64url_decode(compact.substr(first + 1, second - first - 1), payload_text)) return malformed("payload");
  if (!base64url_decode(compact.substr(second + 1), token.signature) || token.signature.empty())
    return malformed("signature");
  const auto payload = parse_strict_object(payload_text);
  if (!payload) return malformed("payload");
  auto claims = read_claims(*payload);
  if (!claims) return claims.error();
  token.claims = std::move(*claims);
  token.signing_input = compact.substr(0, second);
  return token;
}

bool is_key_id(std::string_view kid) {
  constexpr std::string_view kPrefix = "v1-", kSuffix = "-x509.pem";
  if (kid.size() != kPrefix.size() + 32 + kSuffix.size() || !kid.starts_with(kPrefix) || !kid.ends_with(kSuffix))
    return false;
  return kid.substr(kPrefix.size(), 32).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

result<void> verify_signature(const CryptoContext& crypto, const ParsedToken& token, EVP_PKEY* public_key) {
  if (public_key == nullptr || EVP_PKEY_is_a(public_key, "RSA") != 1 || EVP_PKEY_get_bits(public_key) < kMinRsaBits)
    return Error(Errc::token_signature, "the key is not an RSA key of at least 2048 bits");
  const MdCtxPtr context(EVP_MD_CTX_new());
  const auto signature = as_bytes(token.signature);
  const auto input = as_bytes(token.signing_input);
  const bool good =
      context &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", crypto.lib(), nullptr, public_key, nullptr) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), input.data(), input.size()) == 1;
  if (good) return {};
  static_cast<void>(take_openssl_error());  // it says no more than "invalid"
  return Error(Errc::token_signature);
}

result<void> check_claims(const TokenClaims& claims, const ClaimRules& rules, WallTime now) {
  if (claims.issuer != rules.issuer) return Error(Errc::token_issuer);
  if (claims.audience != rules.audience) return Error(Errc::token_audience);
  if (claims.subject != rules.subject) return Error(Errc::token_subject);
  const auto seconds = unix_seconds(now);
  const auto leeway = rules.leeway.count();
  if (seconds - leeway >= claims.expires_at) return Error(Errc::token_expired);  // "on or after" (RFC 7519 §4.1.4)
  if (seconds + leeway < claims.not_before) return Error(Errc::token_not_yet_valid);
  if (seconds + leeway < claims.issued_at) return Error(Errc::token_issued_in_future);
  return {};
}

}  // namespace firstlight::wire
