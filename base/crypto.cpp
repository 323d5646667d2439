#include "base/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace firstlight {

CryptoContext::CryptoContext() : lib_(OSSL_LIB_CTX_new()) {
  if (lib_ == nullptr) throw std::runtime_error("OpenSSL: no memory for a library context");
  // The first fetch loads the context's own default provider (forbid_default() is about another context). Loading it by
  // hand would take a reference that OSSL_LIB_CTX_free does not give back: 0.5 KB a context.
  sha256_.reset(EVP_MD_fetch(lib_, "SHA256", nullptr));
  if (!sha256_) throw std::runtime_error("OpenSSL: no SHA-256: " + take_openssl_error());
}

CryptoContext::~CryptoContext() {
  sha256_.reset();
  OPENSSL_thread_stop_ex(lib_);
  OSSL_LIB_CTX_free(lib_);
}

void CryptoContext::release_thread() const {
  OPENSSL_thread_stop_ex(lib_);
}

void CryptoContext::forbid_default() {
  static const OSSL_PROVIDER* const null_provider = OSSL_PROVIDER_load(nullptr, "null");  // held until the process ends
  if (null_provider == nullptr)
    throw std::runtime_error("OpenSSL: the null provider does not load: " + take_openssl_error());
}

Sha256 sha256(const CryptoContext& crypto, std::span<const std::uint8_t> bytes) {
  Sha256 digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, crypto.sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL: SHA-256 failed: " + take_openssl_error());
  return digest;
}

std::string hex_lower(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto b : bytes) {
    text += kDigits[b >> 4];
    text += kDigits[b & 15];
  }
  return text;
}

namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

std::string base64url_encode(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int have = 0;
  for (const auto b : bytes) {
    bits = bits << 8 | b;
    have += 8;
    while (have >= 6) {
      have -= 6;
      text += kAlphabet[bits >> have & 63];
    }
  }
  if (have > 0) text += kAlphabet[bits << (6 - have) & 63];
  return text;
}

bool base64url_decode(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 255);
    }
  }
  return have < 6 && (bits & ((1U << have) - 1)) == 0;
}

void random_bytes(const CryptoContext& crypto, std::span<std::uint8_t> out) {
  if (RAND_bytes_ex(crypto.lib(), out.data(), out.size(), 0) != 1)
    throw std::runtime_error("OpenSSL: no random bytes: " + take_openssl_error());
}

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no detail";
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

}  // namespace firstlight
