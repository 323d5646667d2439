#include "wire/x509_extensions.hpp"

#include <openssl/x509v3.h>

#include <stdexcept>

namespace firstlight::wire {

namespace {

using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, OpensslFree<ASN1_OCTET_STRING_free>>;
using BitsPtr = std::unique_ptr<ASN1_BIT_STRING, OpensslFree<ASN1_BIT_STRING_free>>;
using BasicPtr = std::unique_ptr<BASIC_CONSTRAINTS, OpensslFree<BASIC_CONSTRAINTS_free>>;
using AkidPtr = std::unique_ptr<AUTHORITY_KEYID, OpensslFree<AUTHORITY_KEYID_free>>;
using EkuPtr = std::unique_ptr<EXTENDED_KEY_USAGE, OpensslFree<EXTENDED_KEY_USAGE_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;

constexpr int kDigitalSignature = 0, kKeyEncipherment = 2, kKeyCertSign = 5, kCrlSign = 6;  // bits of KeyUsage

void require_extension(bool good) {
  if (!good) throw std::runtime_error("a certificate extension cannot be made: " + take_openssl_error());
}

enum class Criticality { plain, critical };

void add(X509* certificate, int nid, void* value, Criticality criticality) {
  require_extension(X509_add1_ext_i2d(certificate, nid, value, criticality == Criticality::critical ? 1 : 0,
                                      X509V3_ADD_DEFAULT) == 1);
}

/// RFC 7093 §2, method 1: the first 160 bits of SHA-256 over the subject public key.
OctetsPtr key_identifier(const CryptoContext& crypto, const X509* certificate) {
  const auto* bits = X509_get0_pubkey_bitstr(certificate);
  require_extension(bits != nullptr);
  const auto digest = sha256(crypto, {ASN1_STRING_get0_data(bits), static_cast<std::size_t>(ASN1_STRING_length(bits))});
  OctetsPtr octets(ASN1_OCTET_STRING_new());
  require_extension(octets && ASN1_OCTET_STRING_set(octets.get(), digest.data(), 20) == 1);
  return octets;
}

void add_key_usage(X509* certificate, std::initializer_list<int> set_bits) {
  const BitsPtr bits(ASN1_BIT_STRING_new());
  for (const int bit : set_bits) require_extension(ASN1_BIT_STRING_set_bit(bits.get(), bit, 1) == 1);
  add(certificate, NID_key_usage, bits.get(), Criticality::critical);
}

void push_name(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
  require_extension(value != nullptr);
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, value);
  require_extension(sk_GENERAL_NAME_push(names, name) > 0);
}

}  // namespace

void add_key_identifiers(const CryptoContext& crypto, X509* certificate, X509* issuer) {
  const auto own = key_identifier(crypto, certificate);
  add(certificate, NID_subject_key_identifier, own.get(), Criticality::plain);
  const AkidPtr authority(AUTHORITY_KEYID_new());
  const ASN1_OCTET_STRING* identifier = issuer == nullptr ? own.get() : X509_get0_subject_key_id(issuer);
  if (identifier == nullptr) return;  // an issuer of someone else's making may lack one
  authority->keyid = ASN1_OCTET_STRING_dup(identifier);
  add(certificate, NID_authority_key_identifier, authority.get(), Criticality::plain);
}

void add_usage(X509* certificate, CertificateUsage usage, bool rsa) {
  const BasicPtr basic(BASIC_CONSTRAINTS_new());
  basic->ca = usage == CertificateUsage::authority ? 1 : 0;
  add(certificate, NID_basic_constraints, basic.get(), Criticality::critical);
  if (usage == CertificateUsage::authority) return add_key_usage(certificate, {kKeyCertSign, kCrlSign});
  const bool server = usage == CertificateUsage::server;
  if (server && rsa)
    add_key_usage(certificate, {kDigitalSignature, kKeyEncipherment});
  else
    add_key_usage(certificate, {kDigitalSignature});
  const EkuPtr purposes(sk_ASN1_OBJECT_new_null());
  require_extension(sk_ASN1_OBJECT_push(purposes.get(), OBJ_nid2obj(server ? NID_server_auth : NID_client_auth)) > 0);
  add(certificate, NID_ext_key_usage, purposes.get(), Criticality::plain);
}

void add_alternative_names(X509* certificate, const CertificateRequest& request) {
  if (request.dns_names.empty() && request.ip_addresses.empty()) return;
  const NamesPtr names(GENERAL_NAMES_new());
  for (const auto& dns : request.dns_names) {
    ASN1_STRING* value = ASN1_IA5STRING_new();
    push_name(names.get(), GEN_DNS, value);
    require_extension(ASN1_STRING_set(value, dns.data(), static_cast<int>(dns.size())) == 1);
  }
  for (const auto& address : request.ip_addresses) {
    ASN1_OCTET_STRING* value = a2i_IPADDRESS(address.c_str());
    if (value == nullptr) throw std::runtime_error("not an IP address: " + address);
    push_name(names.get(), GEN_IPADD, value);
  }
  add(certificate, NID_subject_alt_name, names.get(), Criticality::plain);
}

}  // namespace firstlight::wire
