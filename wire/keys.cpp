#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "wire/p256.hpp"
#include "wire/pem.hpp"
#include "wire/x509.hpp"

namespace firstlight::wire {

namespace {

void require_openssl(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string(what) + ": " + take_openssl_error());
}

/// PKCS #1, SEC 1 or PKCS #8, by the PEM's own label; an encrypted key has none of these forms.
const char* key_type(const std::string& label) {
  if (label == PEM_STRING_RSA) return "RSA";
  if (label == PEM_STRING_ECPRIVATEKEY) return "EC";
  if (label == PEM_STRING_PKCS8INF) return "";
  return nullptr;
}

}  // namespace

PkeyPtr generate_key(const CryptoContext& crypto, KeyKind kind) {
  const bool rsa = kind == KeyKind::rsa_2048;
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(crypto.lib(), rsa ? "RSA" : "EC", nullptr));
  require_openssl(context && EVP_PKEY_keygen_init(context.get()) == 1, "no key generator");
  require_openssl(rsa ? EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1
                      : EVP_PKEY_CTX_set_group_name(context.get(), "P-256") == 1,
                  "the key generator refuses its parameters");
  EVP_PKEY* key = nullptr;
  require_openssl(EVP_PKEY_generate(context.get(), &key) == 1, "a key cannot be generated");
  return PkeyPtr(key);
}

std::string private_key_pem(EVP_PKEY* key) {
  if (auto der = p256_private_der(key)) {
    auto pem = write_pem(PEM_STRING_ECPRIVATEKEY, *der);
    OPENSSL_cleanse(der->data(), der->size());
    return pem;
  }
  const BioPtr bio(BIO_new(BIO_s_mem()));
  require_openssl(
      bio && PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "a private key cannot be written");
  return bio_text(bio.get());
}

std::string public_key_pem(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  require_openssl(length > 0, "a public key cannot be written");
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return write_pem(PEM_STRING_PUBLIC, bytes);
}

result<PkeyPtr> parse_private_key(const CryptoContext& crypto, std::string_view pem) {
  for (auto block = read_pem(pem); block; block = read_pem(pem)) {
    const char* type = key_type(block->label);
    if (type == nullptr || block->encrypted) continue;
    const auto* at = reinterpret_cast<const unsigned char*>(block->der.data());
    const auto* const end = at + block->der.size();
    const auto length = static_cast<long>(block->der.size());
    PkeyPtr key;
    if (*type == '\0')
      key.reset(d2i_AutoPrivateKey_ex(nullptr, &at, length, crypto.lib(), nullptr));
    else
      key.reset(
          d2i_PrivateKey_ex(*type == 'R' ? EVP_PKEY_RSA : EVP_PKEY_EC, nullptr, &at, length, crypto.lib(), nullptr));
    OPENSSL_cleanse(block->der.data(), block->der.size());
    if (key && at == end && (EVP_PKEY_is_a(key.get(), "EC") == 1 || EVP_PKEY_is_a(key.get(), "RSA") == 1)) return key;
    break;
  }
  static_cast<void>(take_openssl_error());  // it may quote the key
  return Error(Errc::key_malformed);
}

result<PkeyPtr> parse_public_key(const CryptoContext& crypto, std::string_view pem) {
  const auto block = read_pem(pem);
  if (block && block->label == PEM_STRING_PUBLIC) {
    const auto* at = reinterpret_cast<const unsigned char*>(block->der.data());
    const auto* const end = at + block->der.size();
    PkeyPtr key(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(block->der.size()), crypto.lib(), nullptr));
    if (key && at == end) return key;
  }
  return Error(Errc::key_malformed, take_openssl_error());
}

}  // namespace firstlight::wire
