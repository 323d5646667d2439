#include "fakes/endorse/logic.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "fakes/endorse/draft.hpp"
#include "fakes/http/json_error.hpp"
#include "wire/jws.hpp"
#include "wire/strict_json.hpp"

namespace firstlight::fakes::endorse {

namespace {

using nlohmann::ordered_json;

/// Claims that still make a token of at most wire::kMaxTokenBytes (base64 adds a third, and there are the header and
/// the signature).
constexpr std::size_t kMaxClaimsBytes = wire::kMaxTokenBytes / 4 * 3 - 512;

constexpr std::size_t kMaxParameters = 256;

struct Parameters {
  ordered_json custom = ordered_json::object();  // what becomes requestParameters
  std::optional<std::string> redirect_url;
};

wire::HttpResponse bad_request(std::string_view message) {
  return json_error(400, "InvalidRequest", message);
}

/// redirect_url is taken out (unverified: whether the service echoes it). A repeated name: the last one counts.
result<Parameters> from_query(std::string_view query) {
  const auto pairs = wire::parse_query(query);
  if (!pairs) return Error(Errc::invalid_argument, "The query string is not valid percent-encoding.");
  if (pairs->size() > kMaxParameters) return Error(Errc::invalid_argument, "The query string has too many parameters.");
  Parameters parameters;
  for (const auto& [name, value] : *pairs) {
    if (!is_utf8(name) || !is_utf8(value)) return Error(Errc::invalid_argument, "The query string is not UTF-8.");
    if (name == "redirect_url")
      parameters.redirect_url = value;
    else
      parameters.custom[name] = value;
  }
  return parameters;
}

/// The body is JSON whatever its Content-Type says, because the documented curl command sends a form type.
result<void> add_body(std::string_view body, ordered_json& custom) {
  if (body.empty()) return {};
  const auto parsed = wire::parse_strict_object(body);
  if (!parsed) return Error(Errc::invalid_argument, "The body is not a JSON object, or repeats or nests too much.");
  for (const auto& [name, value] : parsed->items()) custom[name] = value;
  return {};
}

/// Whether an answer may be given at all; nothing: yes.
std::optional<wire::HttpResponse> refusal_of(const EndorseRequestFacts& facts, const EndorseSettings& settings) {
  const auto& request = facts.request;
  if (request.path() != "/") return json_error(404, "NotFound", "There is nothing at this path.");
  if (request.method != "GET" && request.method != "POST") return method_not_allowed("GET, POST");
  if (!facts.sim) return json_error(403, "UnknownSim", "No SIM is known for the address of this connection.");
  if (!settings.enabled) return json_error(403, "EndorseDisabled", "SORACOM Endorse is not enabled for this SIM.");
  return {};
}

wire::TokenClaims make_claims(const EndorseRequestFacts& facts, const EndorseSettings& settings, ordered_json custom) {
  const auto& enabled = settings.parameters_to_endorse;
  wire::TokenClaims claims;
  claims.issued_at = unix_seconds(facts.now);
  claims.not_before = claims.issued_at - 60;  // as in every public sample
  claims.expires_at = claims.issued_at + settings.token_timeout.count();
  claims.token_id = facts.token_id;
  if (enabled.imsi) claims.endorse.imsi = facts.sim->imsi;
  if (enabled.imei && !facts.sim->imei.empty()) claims.endorse.imei = facts.sim->imei;
  if (enabled.msisdn && !facts.sim->msisdn.empty()) claims.endorse.msisdn = facts.sim->msisdn;
  if (enabled.sim_id && !facts.sim->sim_id.empty()) claims.endorse.sim_id = facts.sim->sim_id;
  // Unverified: a request without parameters leaves the member out.
  if (enabled.request_parameters && !custom.empty()) claims.endorse.request_parameters = std::move(custom);
  return claims;
}

/// Appends the token as a query parameter, before a fragment, keeping the query that the URL has.
std::string redirect_location(const std::string& url, const std::string& token) {
  const auto fragment = std::min(url.find('#'), url.size());
  auto location = url.substr(0, fragment);
  const auto question = location.find('?');
  if (question == std::string::npos)
    location += '?';
  else if (question + 1 != location.size() && location.back() != '&')
    location += '&';
  return location.append("soracom_endorse_token=").append(token).append(url, fragment);
}

wire::HttpResponse deliver(const std::string& token, const std::optional<std::string>& redirect_url) {
  wire::HttpResponse response;
  if (redirect_url) {
    response.status = 302;
    response.content_type.clear();
    response.headers.emplace_back("Location", redirect_location(*redirect_url, token));
  } else {
    response.body = R"({"token":")" + token + R"("})";
  }
  return response;
}

EndorseReply decide(const CryptoContext& crypto, const EndorseRequestFacts& facts, const EndorseSettings& settings,
                    const SigningKeyView& key) {
  if (auto refused = refusal_of(facts, settings)) return {std::move(*refused), {}};
  auto parameters = from_query(facts.request.query());
  if (!parameters) return {bad_request(parameters.error().detail), {}};
  if (facts.request.method == "POST")
    if (const auto added = add_body(facts.request.body, parameters->custom); !added)
      return {bad_request(added.error().detail), {}};
  const auto& redirect = parameters->redirect_url;
  const auto& allowed = settings.authorized_redirect_urls;
  if (redirect && std::find(allowed.begin(), allowed.end(), *redirect) == allowed.end())
    return {json_error(403, "RedirectNotAuthorized", "redirect_url is not one of the group's authorizedRedirectUrls."),
            {}};
  const auto claims = make_claims(facts, settings, std::move(parameters->custom));
  const auto claims_json = wire::format_token_claims(claims);
  // Verifiers bound what they read: a token that none would accept is not made.
  if (claims_json.size() > kMaxClaimsBytes || !wire::parse_strict_object(claims_json))
    return {bad_request("The request parameters are too large for a token."), {}};
  const auto header_json = wire::format_token_header(key.id);
  std::string token;
  if (facts.edit) {
    auto draft = make_draft(header_json, claims_json, facts.now);
    facts.edit(draft);
    token = sign_draft(crypto, draft, {key.key, key.unpublished_key});
  } else {
    token = wire::sign_token(crypto, header_json, claims_json, key.key);
  }
  return {deliver(token, redirect), EndorseReply::Issued{facts.sim->imsi, claims.token_id, claims.expires_at}};
}

}  // namespace

EndorseReply handle(const CryptoContext& crypto, const EndorseRequestFacts& facts, const EndorseSettings& settings,
                    const SigningKeyView& key) {
  auto reply = decide(crypto, facts, settings, key);
  if (!settings.allow_origin.empty())
    reply.response.headers.emplace_back("Access-Control-Allow-Origin", settings.allow_origin);
  return reply;
}

std::string new_token_id(const CryptoContext& crypto) {
  std::array<std::uint8_t, 16> bytes{};
  random_bytes(crypto, bytes);
  return base64url_encode(bytes);
}

}  // namespace firstlight::fakes::endorse
