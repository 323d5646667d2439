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

std::string input_of(const fault::TokenDraft& draft) {
  return base64url(draft.header.dump()) + "." + base64url(draft.claims.dump());
}

std::string sign(const CryptoContext& crypto, const fault::TokenDraft& draft, const DraftKeys& keys) {
  switch (draft.signature) {
    case Signature::proper:
      return wire::sign_token(crypto, draft.header.dump(), draft.claims.dump(), keys.proper);
    case Signature::unknown_key:
      if (keys.unpublished_key == nullptr)
        throw std::logic_error("a signature by an unpublished key, without that key");
      return wire::sign_token(crypto, draft.header.dump(), draft.claims.dump(), keys.unpublished_key);
    case Signature::none:
      return input_of(draft) + ".";
    case Signature::hmac_public_key: {
      const auto input = input_of(draft);
      return input + "." + base64url(hmac_sha256(crypto, wire::public_key_pem(keys.proper), input));
    }
  }
  return {};
}

/// As long as the signature, and another one for each way to sign.
std::string stand_in(Signature signature, EVP_PKEY* key) {
  const auto base64url_length = [](std::size_t bytes) { return (bytes * 8 + 5) / 6; };
  switch (signature) {
    case Signature::proper:
      return std::string(base64url_length(static_cast<std::size_t>(EVP_PKEY_get_size(key))), '+');
    case Signature::unknown_key:
      return std::string(base64url_length(2048 / 8), '?');
    case Signature::none:
      return {};
    case Signature::hmac_public_key:
      return std::string(base64url_length(32), '#');
  }
  return {};
}

/// What is done to a token after it was signed.
std::string damaged(std::string token, const fault::TokenDraft& draft) {
  const auto signature = token.rfind('.') + 1;
  if (draft.flip_signature && signature < token.size()) {
    // The first character of the signature carries six whole bits: another one is another signature.
    auto& first = token[signature];
    first = first == 'A' ? 'B' : 'A';
  }
  if (draft.keep_bytes && *draft.keep_bytes < token.size()) token.resize(*draft.keep_bytes);
  return token;
}

}  // namespace

fault::TokenDraft make_draft(std::string_view header_json, std::string_view claims_json, WallTime now) {
  fault::TokenDraft draft;
  draft.header = nlohmann::ordered_json::parse(header_json);
  draft.claims = nlohmann::ordered_json::parse(claims_json);
  draft.now = now;
  return draft;
}

std::string sign_draft(const CryptoContext& crypto, const fault::TokenDraft& draft, const DraftKeys& keys) {
  return draft.instead ? *draft.instead : damaged(sign(crypto, draft, keys), draft);
}

std::string outline(const fault::TokenDraft& draft, EVP_PKEY* key) {
  if (draft.instead) return *draft.instead;
  const auto signature = "." + stand_in(draft.signature, key);
  const auto token = input_of(draft) + signature;
  const bool cut = draft.keep_bytes && *draft.keep_bytes < token.size();
  // No reader of JSON tells the order of claims; but where a token is cut, it decides what is left.
  if (cut) return damaged(token, draft);
  return damaged(base64url(draft.header.dump()) + "." + base64url(nlohmann::json(draft.claims).dump()) + signature,
                 draft);
}

}  // namespace firstlight::fakes::endorse
