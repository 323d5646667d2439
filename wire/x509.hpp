// Keys and X.509 certificates (RFC 5280): making, reading and naming them. Used by the authorities of the lab, by the
// config API and by the camera, which checks what it was given.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace firstlight::wire {

enum class KeyKind { ec_p256, rsa_2048 };

[[nodiscard]] PkeyPtr generate_key(const CryptoContext& crypto, KeyKind kind);

/// PEM forms: EC private keys as SEC 1 ("EC PRIVATE KEY"), RSA ones as PKCS #1 ("RSA PRIVATE KEY", the form AWS IoT
/// returns), public keys as SubjectPublicKeyInfo ("PUBLIC KEY").
[[nodiscard]] std::string private_key_pem(EVP_PKEY* key);
[[nodiscard]] std::string public_key_pem(EVP_PKEY* key);
[[nodiscard]] result<PkeyPtr> parse_private_key(const CryptoContext& crypto, std::string_view pem);  // key-malformed
[[nodiscard]] result<PkeyPtr> parse_public_key(const CryptoContext& crypto,
                                               std::string_view pem);  // SPKI only; key-malformed

[[nodiscard]] std::string certificate_pem(X509* certificate);
[[nodiscard]] std::string certificate_pem(std::string_view der);
[[nodiscard]] std::string certificate_der(X509* certificate);
/// The first certificate in the text. Errors: certificate-malformed.
[[nodiscard]] result<X509Ptr> parse_certificate(const CryptoContext& crypto, std::string_view pem);
[[nodiscard]] result<X509Ptr> parse_certificate_der(const CryptoContext& crypto, std::string_view der);
/// Lower-case hex SHA-256 of the DER: AWS IoT's certificateId.
[[nodiscard]] CertificateId certificate_id(const CryptoContext& crypto, X509* certificate);
[[nodiscard]] CertificateId certificate_id(const CryptoContext& crypto, std::string_view der);

struct Validity {
  WallTime not_before;  // whole seconds
  WallTime not_after;   // inclusive (RFC 5280 §4.1.2.5)
};
[[nodiscard]] Validity validity(const X509* certificate);

struct NameEntry {
  std::string field;  // short name of the attribute: "CN", "O", "OU", "C"
  std::string value;
};
using Name = std::vector<NameEntry>;

enum class CertificateUsage {
  authority,  // CA:TRUE, keyCertSign, cRLSign
  server,     // CA:FALSE, digitalSignature (and keyEncipherment for RSA), serverAuth
  client,     // CA:FALSE, digitalSignature, clientAuth
};

struct CertificateRequest {
  Name subject;
  CertificateUsage usage = CertificateUsage::client;
  Validity validity;
  std::vector<std::string> dns_names;     // subjectAltName
  std::vector<std::string> ip_addresses;  // textual, v4 or v6
};

/// A certificate for `public_key`, signed with SHA-256 by `issuer_key`; `issuer` null makes it self-signed. 20-byte
/// random positive serial, SubjectKeyIdentifier and AuthorityKeyIdentifier set. Throws std::runtime_error when OpenSSL
/// refuses (our own mistake).
[[nodiscard]] X509Ptr issue_certificate(const CryptoContext& crypto, const CertificateRequest& request,
                                        EVP_PKEY* public_key, X509* issuer, EVP_PKEY* issuer_key);

/// The same as DER alone, at less than half the cost for P-256 keys: what an authority of thousands of devices issues.
[[nodiscard]] std::string issue_certificate_der(const CryptoContext& crypto, const CertificateRequest& request,
                                                EVP_PKEY* public_key, X509* issuer, EVP_PKEY* issuer_key);

/// Whether `key` is the private key of `certificate`.
[[nodiscard]] bool key_matches(X509* certificate, EVP_PKEY* key);
/// Signature by `issuer`'s key and issuer name; nothing else (validity is checked apart).
[[nodiscard]] bool issued_by(X509* certificate, X509* issuer);

/// A key and its certificate as bytes, to be loaded by each shard into its own library context.
struct IdentityPem {
  std::string certificate_chain;  // leaf first
  std::string private_key;
};

}  // namespace firstlight::wire
