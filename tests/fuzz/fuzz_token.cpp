// Tokens: parsing and verifying never crash, and nothing but the one genuine token verifies with the fixed key. The
// genuine token's text is in the corpus, so that the mutations are near it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../unit/wire/token_vectors.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

using namespace firstlight;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kForbidden = (CryptoContext::forbid_default(), true);
  static const CryptoContext kCrypto;
  static const PkeyPtr kKey = *wire::parse_public_key(kCrypto, wire::vectors::kRsaPublic);
  static_cast<void>(kForbidden);

  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(wire::is_key_id(text));
  const auto token = wire::parse_token(text);
  if (!token) return 0;
  if (token->algorithm != "RS256" || !text.starts_with(token->signing_input)) std::abort();
  static_cast<void>(wire::check_claims(token->claims, {}, from_unix_seconds(1'800'000'000)));
  if (wire::verify_signature(kCrypto, *token, kKey.get()) && text != wire::vectors::kPyjwtToken) std::abort();
  // What was read can be written, and reads the same.
  const auto claims = wire::format_token_claims(token->claims);
  const auto again = wire::parse_token(base64url_encode(as_bytes(wire::format_token_header(KeyId(token->key_id)))) +
                                       "." + base64url_encode(as_bytes(claims)) + ".AAAA");
  if (again ? wire::format_token_claims(again->claims) != claims : again.error().code != Errc::token_too_large)
    std::abort();
  return 0;
}
