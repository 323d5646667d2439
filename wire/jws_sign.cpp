#include <stdexcept>

#include "wire/jws.hpp"

namespace firstlight::wire {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string format_token_header(const KeyId& kid) {
  Json header;
  header["kid"] = kid.value();
  header["alg"] = "RS256";
  return header.dump();
}

std::string format_token_claims(const TokenClaims& claims) {
  auto endorse = Json::object();
  if (claims.endorse.imsi) endorse["imsi"] = claims.endorse.imsi->value();
  if (claims.endorse.imei) endorse["imei"] = claims.endorse.imei->value();
  if (claims.endorse.msisdn) endorse["msisdn"] = *claims.endorse.msisdn;
  if (claims.endorse.sim_id) endorse["simId"] = claims.endorse.sim_id->value();
  if (claims.endorse.request_parameters) endorse["requestParameters"] = *claims.endorse.request_parameters;
  Json payload;
  payload["iss"] = claims.issuer;
  payload["aud"] = claims.audience;
  payload["exp"] = claims.expires_at;
  payload["jti"] = claims.token_id;
  payload["iat"] = claims.issued_at;
  payload["nbf"] = claims.not_before;
  payload["sub"] = claims.subject;
  payload["soracom-endorse-claim"] = std::move(endorse);
  // A request parameter may hold bytes that are not UTF-8: replaced, since a token is always valid JSON.
  return payload.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string sign_token(const CryptoContext& crypto, std::string_view header_json, std::string_view claims_json,
                       EVP_PKEY* private_key) {
  auto token = base64url_encode(as_bytes(header_json)) + "." + base64url_encode(as_bytes(claims_json));
  const MdCtxPtr context(EVP_MD_CTX_new());
  std::size_t length = 0;
  const auto input = as_bytes(token);
  std::string signature;
  const auto step = [](int outcome) {
    if (outcome != 1) throw std::runtime_error("a token cannot be signed: " + take_openssl_error());
  };
  if (EVP_PKEY_is_a(private_key, "RSA") != 1) throw std::runtime_error("a token is signed with an RSA key");
  step(EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", crypto.lib(), nullptr, private_key, nullptr));
  step(EVP_DigestSign(context.get(), nullptr, &length, input.data(), input.size()));
  signature.resize(length);
  step(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, input.data(),
                      input.size()));
  signature.resize(length);
  token += '.';
  token += base64url_encode(as_bytes(signature));
  return token;
}

}  // namespace firstlight::wire
