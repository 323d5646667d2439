#include "fakes/endorse/draft.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "wire/jws.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::endorse {

namespace {

using Signature = fault::TokenDraft::Signature;

std::string hmac_sha256(const CryptoContext& crypto, std::string_view secret, std::string_view text) {
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                         OSSL_PARAM_construct_end()};
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(crypto.lib(), "HMAC", nullptr),
                                                              EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
  std::string out(32, '\0');
  std::size_t size = 0;
  const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  if (EVP_MAC_init(context.get(), key, secret.size(), params.data()) != 1 ||
      EVP_MAC_update(context.get(), data, text.size()) != 1 ||
      EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, out.size()) != 1)
    throw std::runtime_error("HMAC: " + take_openssl_error());
  return out;
}

std::string base64url(std::string_view text) {
  return base64url_encode({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string sign(const CryptoContext& crypto, const fault::TokenDraft& draft, EVP_PKEY* key) {
  const auto header = draft.header.dump();
  const auto claims = draft.claims.dump();
  const auto input = base64url(header) + "." + base64url(claims);
  switch (draft.signature) {
    case Signature::proper:
      return wire::sign_token(crypto, header, claims, key);
    case Signature::unknown_key:
      return wire::sign_token(crypto, header, claims, wire::generate_key(crypto, wire::KeyKind::rsa_2048).get());
    case Signature::none:
      return input + ".";
    case Signature::hmac_public_key:
      return input + "." + base64url(hmac_sha256(crypto, wire::public_key_pem(key), input));
  }
  return {};
}

}  // namespace

fault::TokenDraft make_draft(std::string_view header_json, std::string_view claims_json, WallTime now) {
  fault::TokenDraft draft;
  draft.header = nlohmann::ordered_json::parse(header_json);
  draft.claims = nlohmann::ordered_json::parse(claims_json);
  draft.now = now;
  return draft;
}

std::string sign_draft(const CryptoContext& crypto, const fault::TokenDraft& draft, EVP_PKEY* key) {
  if (draft.instead) return *draft.instead;
  auto token = sign(crypto, draft, key);
  if (draft.flip_signature) {
    // The first character of the signature carries six whole bits: another one is another signature.
    auto& first = token[token.rfind('.') + 1];
    first = first == 'A' ? 'B' : 'A';
  }
  if (draft.keep_bytes && *draft.keep_bytes < token.size()) token.resize(*draft.keep_bytes);
  return token;
}

}  // namespace firstlight::fakes::endorse
