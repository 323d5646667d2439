#include <openssl/bn.h>

#include <array>
#include <stdexcept>

#include "wire/p256.hpp"
#include "wire/x509.hpp"
#include "wire/x509_extensions.hpp"

namespace firstlight::wire {

namespace {

using BignumPtr = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;
using NamePtr = std::unique_ptr<X509_NAME, OpensslFree<X509_NAME_free>>;

void require_certificate(bool good, const char* what) {
  if (!good)
    throw std::runtime_error(std::string("a certificate cannot be made: ") + what + ": " + take_openssl_error());
}

void set_serial(const CryptoContext& crypto, X509* certificate) {
  std::array<std::uint8_t, 20> bytes{};
  random_bytes(crypto, bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7f) | 0x40);  // positive, and 20 bytes long (RFC 5280 §4.1.2.2)
  const BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  require_certificate(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
                      "serial");
}

void set_subject(X509* certificate, const Name& subject) {
  const NamePtr name(X509_NAME_new());
  for (const auto& entry : subject)
    require_certificate(X509_NAME_add_entry_by_txt(name.get(), entry.field.c_str(), MBSTRING_UTF8,
                                                   reinterpret_cast<const unsigned char*>(entry.value.data()),
                                                   static_cast<int>(entry.value.size()), -1, 0) == 1,
                        entry.field.c_str());
  require_certificate(X509_set_subject_name(certificate, name.get()) == 1, "subject");
}

void set_validity(X509* certificate, const Validity& validity) {
  // UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5): ASN1_TIME_set chooses.
  require_certificate(ASN1_TIME_set(X509_getm_notBefore(certificate), unix_seconds(validity.not_before)) != nullptr,
                      "notBefore");
  require_certificate(ASN1_TIME_set(X509_getm_notAfter(certificate), unix_seconds(validity.not_after)) != nullptr,
                      "notAfter");
}

/// OpenSSL's way encodes the key and decodes it again, so that the certificate can be used at once.
void set_usable_key(X509* certificate, EVP_PKEY* key) {
  require_certificate(X509_set_pubkey(certificate, key) == 1, "public key");
}

/// Only the encoding: X509_get0_pubkey finds no key in the certificate. P-256 alone has this short way.
void set_encoded_key(X509* certificate, EVP_PKEY* key) {
  const auto point = p256_point(key);
  if (!point) return set_usable_key(certificate, key);
  auto* bytes = static_cast<unsigned char*>(OPENSSL_memdup(point->data(), point->size()));
  require_certificate(bytes != nullptr && X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate),
                                                                 OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT,
                                                                 OBJ_nid2obj(NID_X9_62_prime256v1), bytes,
                                                                 static_cast<int>(point->size())) == 1,
                      "public key");
}

using SetKey = void (*)(X509*, EVP_PKEY*);

X509Ptr build(const CryptoContext& crypto, const CertificateRequest& request, EVP_PKEY* public_key, X509* issuer,
              EVP_PKEY* issuer_key, SetKey set_key) {
  X509Ptr certificate(X509_new_ex(crypto.lib(), nullptr));
  auto* raw = certificate.get();
  require_certificate(raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1, "version");
  set_serial(crypto, raw);
  set_subject(raw, request.subject);
  require_certificate(X509_set_issuer_name(raw, X509_get_subject_name(issuer == nullptr ? raw : issuer)) == 1,
                      "issuer");
  set_validity(raw, request.validity);
  set_key(raw, public_key);
  add_usage(raw, request.usage, EVP_PKEY_is_a(public_key, "RSA") == 1);
  add_key_identifiers(crypto, raw, issuer);
  add_alternative_names(raw, request);
  require_certificate(X509_sign(raw, issuer_key, crypto.sha256()) > 0, "signature");
  return certificate;
}

}  // namespace

X509Ptr issue_certificate(const CryptoContext& crypto, const CertificateRequest& request, EVP_PKEY* public_key,
                          X509* issuer, EVP_PKEY* issuer_key) {
  return build(crypto, request, public_key, issuer, issuer_key, set_usable_key);
}

std::string issue_certificate_der(const CryptoContext& crypto, const CertificateRequest& request, EVP_PKEY* public_key,
                                  X509* issuer, EVP_PKEY* issuer_key) {
  return certificate_der(build(crypto, request, public_key, issuer, issuer_key, set_encoded_key).get());
}

}  // namespace firstlight::wire
