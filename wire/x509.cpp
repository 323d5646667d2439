#include "wire/x509.hpp"

#include <openssl/pem.h>

#include <ctime>
#include <stdexcept>

#include "wire/pem.hpp"

namespace firstlight::wire {

namespace {

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  using namespace std::chrono;
  const sys_days day(year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday);
  return day + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec);
}

}  // namespace

std::string certificate_der(X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) throw std::runtime_error("a certificate cannot be written: " + take_openssl_error());
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

std::string certificate_pem(X509* certificate) {
  return write_pem(PEM_STRING_X509, certificate_der(certificate));
}

std::string certificate_pem(std::string_view der) {
  return write_pem(PEM_STRING_X509, der);
}

result<X509Ptr> parse_certificate(const CryptoContext& crypto, std::string_view pem) {
  for (auto block = read_pem(pem); block; block = read_pem(pem))
    if (block->label == PEM_STRING_X509 || block->label == PEM_STRING_X509_OLD)
      return parse_certificate_der(crypto, block->der);
  return Error(Errc::certificate_malformed);
}

result<X509Ptr> parse_certificate_der(const CryptoContext& crypto, std::string_view der) {
  if (der.size() > kMaxPemBytes) return Error(Errc::certificate_malformed, "too large");
  X509Ptr certificate(X509_new_ex(crypto.lib(), nullptr));
  X509* raw = certificate.get();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  // On an error d2i leaves a certificate that was passed in to its owner.
  if (d2i_X509(&raw, &at, static_cast<long>(der.size())) == nullptr)
    return Error(Errc::certificate_malformed, take_openssl_error());
  if (at != end) return Error(Errc::certificate_malformed, "trailing bytes");
  return certificate;
}

CertificateId certificate_id(const CryptoContext& crypto, X509* certificate) {
  return certificate_id(crypto, certificate_der(certificate));
}

CertificateId certificate_id(const CryptoContext& crypto, std::string_view der) {
  return CertificateId(hex_lower(sha256(crypto, as_bytes(der))));
}

Validity validity(const X509* certificate) {
  return {wall_time(X509_get0_notBefore(certificate)), wall_time(X509_get0_notAfter(certificate))};
}

bool key_matches(X509* certificate, EVP_PKEY* key) {
  const auto* public_key = X509_get0_pubkey(certificate);
  const bool same = public_key != nullptr && key != nullptr && EVP_PKEY_eq(public_key, key) == 1;
  if (!same) static_cast<void>(take_openssl_error());
  return same;
}

bool issued_by(X509* certificate, X509* issuer) {
  if (X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(issuer)) != 0) return false;
  auto* key = X509_get0_pubkey(issuer);
  const bool good = key != nullptr && X509_verify(certificate, key) == 1;
  if (!good) static_cast<void>(take_openssl_error());
  return good;
}

}  // namespace firstlight::wire
