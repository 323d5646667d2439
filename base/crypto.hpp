// RAII for OpenSSL and one library context a thread. Two threads on the default context contend, so every shard owns a
// CryptoContext and passes it down; the program loads the "null" provider into the default context, so that a call that
// forgets its context fails at once instead of slowly (see CryptoContext::forbid_default).
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace firstlight {

template <auto Free>
struct OpensslFree {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<EVP_PKEY_CTX_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using MdPtr = std::unique_ptr<EVP_MD, OpensslFree<EVP_MD_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

/// One OSSL_LIB_CTX with the default provider. Every object made with it must be destroyed before it. Not thread-safe:
/// one thread uses it at a time.
class CryptoContext {
 public:
  CryptoContext();
  ~CryptoContext();
  CryptoContext(const CryptoContext&) = delete;
  CryptoContext& operator=(const CryptoContext&) = delete;

  [[nodiscard]] OSSL_LIB_CTX* lib() const { return lib_; }
  [[nodiscard]] const EVP_MD* sha256() const { return sha256_.get(); }

  /// Releases the calling thread's share of the context; call on a thread that used it before that thread ends.
  void release_thread() const;

  /// Leaves the process's default library context without any algorithm. Call once, first thing in main.
  static void forbid_default();

 private:
  OSSL_LIB_CTX* lib_;
  MdPtr sha256_;
};

using Sha256 = std::array<std::uint8_t, 32>;
[[nodiscard]] Sha256 sha256(const CryptoContext& crypto, std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string hex_lower(std::span<const std::uint8_t> bytes);

/// Base64url without padding (RFC 4648 §5). Decoding is strict: no padding, no white space, no stray trailing bits.
[[nodiscard]] std::string base64url_encode(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool base64url_decode(std::string_view text, std::string& out);

/// Cryptographically random bytes from the context's own generator.
void random_bytes(const CryptoContext& crypto, std::span<std::uint8_t> out);

/// Takes the first queued OpenSSL error as text and empties this thread's queue; "no detail" when there is none.
[[nodiscard]] std::string take_openssl_error();

inline std::span<const std::uint8_t> as_bytes(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}

}  // namespace firstlight
