#include "fakes/config_api/logic.hpp"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

#include "fakes/http/json_error.hpp"

namespace firstlight::fakes::config_api {

result<wire::TokenClaims> check_token(const CryptoContext& crypto, std::string_view compact, const KeyLookup& keys,
                                      const wire::ClaimRules& rules, WallTime now) {
  auto token = wire::parse_token(compact);
  if (!token) return token.error();
  if (!wire::is_key_id(token->key_id)) return Error(Errc::token_key_id_invalid);
  EVP_PKEY* key = keys(token->key_id);
  if (key == nullptr) return Error(Errc::token_key_unknown, token->key_id);
  if (auto good = wire::verify_signature(crypto, *token, key); !good) return good.error();
  if (auto good = wire::check_claims(token->claims, rules, now); !good) return good.error();
  if (!token->claims.endorse.imsi) return Error(Errc::token_claim_missing, "imsi");
  return std::move(token->claims);
}

namespace {

/// The credentials of the Bearer scheme (RFC 6750 §2.1), empty where there are none.
std::string_view bearer_token(const wire::HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto header = request.header("Authorization");
  if (!header || header->size() < kScheme.size() ||
      !boost::beast::iequals({header->data(), kScheme.size()}, {kScheme.data(), kScheme.size()}))
    return {};
  auto credentials = header->substr(kScheme.size());
  credentials.remove_prefix(std::min(credentials.find_first_not_of(' '), credentials.size()));
  return credentials;
}

/// RFC 6750 §3: without credentials the challenge names no error.
wire::HttpResponse unauthorized(const Error* error) {
  auto response = error == nullptr ? json_error(401, "Unauthorized", "A bearer token is needed.")
                                   : json_error(401, "InvalidToken", error_text(error->code));
  response.headers.emplace_back(
      "WWW-Authenticate", error == nullptr
                              ? std::string("Bearer")
                              : fmt::format("Bearer error=\"invalid_token\", error_description=\"{}\"", error->name()));
  return response;
}

}  // namespace

std::variant<wire::TokenClaims, Refusal> check_request(const CryptoContext& crypto, const wire::HttpRequest& request,
                                                       const KeyLookup& keys, const wire::ClaimRules& rules,
                                                       WallTime now) {
  if (request.path() != kConfigPath) return Refusal{json_error(404, "NotFound", "There is nothing at this path."), {}};
  if (request.method != "GET") return Refusal{method_not_allowed("GET"), {}};
  const auto token = bearer_token(request);
  if (token.empty()) return Refusal{unauthorized(nullptr), {}};
  auto claims = check_token(crypto, token, keys, rules, now);
  if (claims) return std::move(*claims);
  const auto error = claims.error();
  return Refusal{unauthorized(&error), error};
}

}  // namespace firstlight::fakes::config_api
