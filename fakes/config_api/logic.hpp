// The config API's decision about a request, before anything is registered: path, method, bearer token, and the token's
// full verification. Pure; called by the config API's server, by tests and by the fuzzer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "wire/http.hpp"
#include "wire/jws.hpp"

namespace firstlight::fakes::config_api {

inline constexpr std::string_view kConfigPath = "/v1/sora_cam/devices/me/config";

/// The public key that a kid names, or null. The key stays alive until the next call.
using KeyLookup = std::function<EVP_PKEY*(const std::string& kid)>;

/// Parse, kid's form, key, signature, claims, imsi: in that order, each failure with its own error. Errors: those of
/// wire::parse_token, verify_signature and check_claims; token-key-id-invalid, token-key-unknown, token-claim-missing
/// (detail: imsi). No detail holds a part of the token but a well-formed kid.
[[nodiscard]] result<wire::TokenClaims> check_token(const CryptoContext& crypto, std::string_view compact,
                                                    const KeyLookup& keys, const wire::ClaimRules& rules, WallTime now);

struct Refusal {
  wire::HttpResponse response;
  std::optional<Error> token_error;  // why a token that was sent is refused
};

/// The token's claims when the request is `GET /v1/sora_cam/devices/me/config` with a valid bearer token (RFC 6750);
/// otherwise 404, 405, or 401 with WWW-Authenticate.
[[nodiscard]] std::variant<wire::TokenClaims, Refusal> check_request(const CryptoContext& crypto,
                                                                     const wire::HttpRequest& request,
                                                                     const KeyLookup& keys,
                                                                     const wire::ClaimRules& rules, WallTime now);

}  // namespace firstlight::fakes::config_api
