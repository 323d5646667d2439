// Cameras that do not look closely at their token: what is not looked at is made right before the token is read.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/defects.hpp"

namespace firstlight::sim {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// Empty when it is missing or no text.
std::string text_member(const OrderedJson& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

void make_header_right(const DefectSet& defects, const std::string& algorithm, OrderedJson& header) {
  if ((algorithm == "none" && defects.has(Defect::accept_alg_none)) ||
      (algorithm == "HS256" && defects.has(Defect::accept_hmac_token)))
    header["alg"] = "RS256";
}

void make_claims_right(const DefectSet& defects, OrderedJson& claims, const Imsi& own, WallTime now) {
  constexpr std::int64_t kAWhile = 3600;
  const auto seconds = unix_seconds(now);
  const bool any_product = defects.has(Defect::accept_funk_token);
  if (defects.has(Defect::skip_issuer)) claims["iss"] = wire::kEndorseIssuer;
  if (defects.has(Defect::skip_audience) || any_product) claims["aud"] = wire::kEndorseAudience;
  if (defects.has(Defect::skip_subject) || any_product) claims["sub"] = wire::kEndorseSubject;
  if (defects.has(Defect::ignore_token_expiry) || (any_product && !claims.contains("exp")))
    claims["exp"] = seconds + kAWhile;
  if (defects.has(Defect::ignore_not_before)) claims["nbf"] = claims["iat"] = seconds;
  constexpr auto kEndorse = "soracom-endorse-claim";
  if (any_product && (!claims.contains(kEndorse) || claims[kEndorse].is_null())) claims[kEndorse]["imsi"] = own.value();
  if (defects.has(Defect::accept_foreign_imsi) && claims.contains(kEndorse) && claims[kEndorse].is_object())
    claims[kEndorse]["imsi"] = own.value();
}

std::optional<OrderedJson> decoded(std::string_view part) {
  std::string text;
  if (!base64url_decode(part, text)) return std::nullopt;
  auto doc = OrderedJson::parse(text, nullptr, false);
  if (!doc.is_object()) return std::nullopt;
  return doc;
}

}  // namespace

result<wire::ParsedToken> read_token(const DefectSet& defects, std::string_view compact, const Imsi& own,
                                     WallTime now) {
  if (defects.none() || compact.size() > wire::kMaxTokenBytes) return wire::parse_token(compact);
  const auto first = std::min(compact.find('.'), compact.size());
  const auto second = std::min(compact.find('.', first + 1), compact.size());
  const auto header = decoded(compact.substr(0, first));
  const auto claims = second > first ? decoded(compact.substr(first + 1, second - first - 1)) : std::nullopt;
  if (!header || !claims) return wire::parse_token(compact);
  const auto algorithm = text_member(*header, "alg");
  auto header_read = *header, claims_read = *claims;
  make_header_right(defects, algorithm, header_read);
  make_claims_right(defects, claims_read, own, now);
  if (header_read == *header && claims_read == *claims) return wire::parse_token(compact);
  const bool may_be_unsigned = algorithm == "none" && defects.has(Defect::accept_alg_none);
  const auto signature = second < compact.size() ? compact.substr(second + 1) : std::string_view();
  auto token = wire::parse_token(base64url_encode(as_bytes(header_read.dump())) + "." +
                                 base64url_encode(as_bytes(claims_read.dump())) + "." +
                                 (may_be_unsigned ? "AAAA" : std::string(signature)));
  if (!token) return token;
  token->algorithm = algorithm;
  token->signing_input = compact.substr(0, second);
  return token;
}

result<void> verify_token(const DefectSet& defects, Verifier& verifier, const wire::ParsedToken& token,
                          std::string_view key_pem) {
  if (token.algorithm == "none") return {};  // read_token let it through
  if (token.algorithm == "HS256") return verifier.verify_hmac(token, key_pem);
  auto good = verifier.verify_token(token, key_pem);
  if (!good && good.error().code == Errc::token_signature && defects.has(Defect::accept_any_signature)) return {};
  return good;
}

bool key_id_is_safe(const DefectSet& defects, std::string_view key_id) {
  return wire::is_key_id(key_id) || defects.has(Defect::unsafe_kid);
}

bool token_is_fresh(const DefectSet& defects, const wire::ParsedToken& token, WallTime now) {
  return now < from_unix_seconds(token.claims.expires_at) || defects.has(Defect::reuse_expired_token);
}

}  // namespace firstlight::sim
