// The X.509 v3 extensions of RFC 5280 §4.2 that our certificates carry, built from structures: OpenSSL's textual
// configuration would parse strings for every device certificate. Used by x509_issue.cpp.
#pragma once

#include "wire/x509.hpp"

namespace firstlight::wire {

/// SubjectKeyIdentifier and AuthorityKeyIdentifier (§4.2.1.1-2); `issuer` null: the certificate's own.
void add_key_identifiers(const CryptoContext& crypto, X509* certificate, X509* issuer);
/// BasicConstraints, KeyUsage and ExtendedKeyUsage (§4.2.1.3, .9, .12).
void add_usage(X509* certificate, CertificateUsage usage, bool rsa);
/// SubjectAltName (§4.2.1.6), unless both lists are empty.
void add_alternative_names(X509* certificate, const CertificateRequest& request);

}  // namespace firstlight::wire
