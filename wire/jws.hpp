// SORACOM Endorse tokens: compact JWS (RFC 7515) with RS256 (RFC 7518 §3.3), claims as the Endorse documentation shows
// them. Issued by fakes/endorse, verified by fakes/config_api and by the camera; parsing, signature and claims are
// separate steps so that each failure has its own name.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace firstlight::wire {

inline constexpr std::string_view kEndorseIssuer = "https://soracom.io";
inline constexpr std::string_view kEndorseAudience = "soracom-endorse-audience";
inline constexpr std::string_view kEndorseSubject = "soracom-endorse";
inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;

/// `soracom-endorse-claim`: only what the group's settings enable is present.
struct EndorseClaim {
  std::optional<Imsi> imsi;
  std::optional<Imei> imei;
  std::optional<std::string> msisdn;
  std::optional<SimId> sim_id;
  std::optional<nlohmann::ordered_json> request_parameters;  // an object
};

struct TokenClaims {
  std::string issuer{kEndorseIssuer};
  std::string audience{kEndorseAudience};
  std::int64_t expires_at = 0;  // Unix seconds, as all times here
  std::string token_id;         // jti: 22 characters, 16 random bytes
  std::int64_t issued_at = 0;
  std::int64_t not_before = 0;
  std::string subject{kEndorseSubject};
  EndorseClaim endorse;
};

struct ParsedToken {
  std::string key_id;     // header `kid`, as it stands: check with is_key_id() before building a URL from it
  std::string algorithm;  // header `alg`
  TokenClaims claims;
  std::string signing_input;  // header.payload, as received
  std::string signature;      // raw bytes
};

/// Splits and decodes; no cryptography. Strict: three non-empty base64url parts, JSON objects without duplicate
/// meaning, `aud` a string (an array is token-audience), times integers. Errors: token-malformed, token-too-large,
/// token-algorithm (any `alg` but RS256), token-audience, token-claim-missing (detail: the claim).
[[nodiscard]] result<ParsedToken> parse_token(std::string_view compact);

/// Whether `kid` has the form v1-<32 lower-case hex>-x509.pem; anything else must never become part of a URL.
[[nodiscard]] bool is_key_id(std::string_view kid);

/// RS256 with the key given. Errors: token-signature.
[[nodiscard]] result<void> verify_signature(const CryptoContext& crypto, const ParsedToken& token,
                                            EVP_PKEY* public_key);

struct ClaimRules {
  std::string issuer{kEndorseIssuer};
  std::string audience{kEndorseAudience};
  std::string subject{kEndorseSubject};
  std::chrono::seconds leeway{30};  // allowed difference of the two clocks, for exp, nbf and iat
};
/// iss, aud, sub, then exp, nbf, iat against `now`. Errors: token-issuer, -audience, -subject, -expired,
/// -not-yet-valid, -issued-in-future.
[[nodiscard]] result<void> check_claims(const TokenClaims& claims, const ClaimRules& rules, WallTime now);

/// `{"kid":…,"alg":"RS256"}` and the claims in Endorse's order (iss aud exp jti iat nbf sub soracom-endorse-claim{imsi
/// imei msisdn simId requestParameters}), compact JSON.
[[nodiscard]] std::string format_token_header(const KeyId& kid);
[[nodiscard]] std::string format_token_claims(const TokenClaims& claims);
/// base64url(header).base64url(payload).base64url(RS256 signature); `private_key` is RSA.
[[nodiscard]] std::string sign_token(const CryptoContext& crypto, std::string_view header_json,
                                     std::string_view claims_json, EVP_PKEY* private_key);

}  // namespace firstlight::wire
