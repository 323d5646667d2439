// Cameras that do not look closely at their token: what is not looked at is made right before the token is read.
#include "sim/manners.hpp"

namespace firstlight::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr Defect kCareless[] = {
    Defect::skip_issuer,       Defect::skip_audience,       Defect::skip_subject,
    Defect::accept_funk_token, Defect::ignore_token_expiry, Defect::ignore_not_before,
    Defect::accept_alg_none,   Defect::accept_hmac_token,   Defect::accept_foreign_imsi,
};

void make_header_right(const DefectSet& has, Json& header) {
  const auto algorithm = header.value("alg", std::string());
  if ((algorithm == "none" && has.has(Defect::accept_alg_none)) ||
      (algorithm == "HS256" && has.has(Defect::accept_hmac_token)))
    header["alg"] = "RS256";
}

void make_claims_right(const DefectSet& has, Json& claims, const Imsi& own, WallTime now) {
  constexpr std::int64_t kAWhile = 3600;
  const auto seconds = unix_seconds(now);
  const bool any_product = has.has(Defect::accept_funk_token);
  if (has.has(Defect::skip_issuer)) claims["iss"] = wire::kEndorseIssuer;
  if (has.has(Defect::skip_audience) || any_product) claims["aud"] = wire::kEndorseAudience;
  if (has.has(Defect::skip_subject) || any_product) claims["sub"] = wire::kEndorseSubject;
  if (has.has(Defect::ignore_token_expiry) || (any_product && !claims.contains("exp")))
    claims["exp"] = seconds + kAWhile;
  if (has.has(Defect::ignore_not_before)) claims["nbf"] = claims["iat"] = seconds;
  auto& endorse = claims["soracom-endorse-claim"];
  if (endorse.is_null() && any_product) endorse = {{"imsi", own.value()}};
  if (endorse.is_object() && has.has(Defect::accept_foreign_imsi)) endorse["imsi"] = own.value();
  if (endorse.is_null()) claims.erase("soracom-endorse-claim");
}

std::optional<Json> decoded(std::string_view part) {
  std::string text;
  if (!base64url_decode(part, text)) return std::nullopt;
  auto doc = Json::parse(text, nullptr, false);
  if (!doc.is_object()) return std::nullopt;
  return doc;
}

}  // namespace

result<wire::ParsedToken> read_token(const DefectSet& has, std::string_view compact, const Imsi& own, WallTime now) {
  if (std::none_of(std::begin(kCareless), std::end(kCareless), [&](Defect d) { return has.has(d); }))
    return wire::parse_token(compact);
  const auto first = std::min(compact.find('.'), compact.size());
  const auto second = std::min(compact.find('.', first + 1), compact.size());
  auto header = decoded(compact.substr(0, first));
  auto claims = second > first ? decoded(compact.substr(first + 1, second - first - 1)) : std::nullopt;
  if (!header || !claims || compact.size() > wire::kMaxTokenBytes) return wire::parse_token(compact);
  const auto algorithm =
      header->contains("alg") && (*header)["alg"].is_string() ? (*header)["alg"].get<std::string>() : std::string();
  (*header)["alg"] = algorithm;
  make_header_right(has, *header);
  make_claims_right(has, *claims, own, now);
  const bool may_be_unsigned = algorithm == "none" && has.has(Defect::accept_alg_none);
  const auto signature = second < compact.size() ? compact.substr(second + 1) : std::string_view();
  auto token =
      wire::parse_token(base64url_encode(as_bytes(header->dump())) + "." + base64url_encode(as_bytes(claims->dump())) +
                        "." + (may_be_unsigned ? "AAAA" : std::string(signature)));
  if (!token) return token;
  token->algorithm = algorithm;
  token->signing_input = compact.substr(0, second);
  return token;
}

result<void> verify_token(const DefectSet& has, Verifier& verifier, const wire::ParsedToken& token,
                          std::string_view key_pem) {
  if (token.algorithm == "none") return {};  // read_token let it through
  if (token.algorithm == "HS256") return verifier.verify_hmac(token, key_pem);
  auto good = verifier.verify_token(token, key_pem);
  if (!good && good.error().code == Errc::token_signature && has.has(Defect::accept_any_signature)) return {};
  return good;
}

}  // namespace firstlight::sim
