#include "fakes/pki/server_identities.hpp"

#include <stdexcept>

namespace firstlight::fakes {

namespace {

using Certificate = fault::TlsPlan::Certificate;
using std::chrono::days;
using std::chrono::hours;

struct Issuer {
  X509Ptr certificate;
  PkeyPtr key;
};

Issuer load(const CryptoContext& crypto, const iot::AuthorityPem& pem) {
  auto certificate = wire::parse_certificate(crypto, pem.certificate_chain);
  auto key = wire::parse_private_key(crypto, pem.private_key);
  if (!certificate || !key) throw std::runtime_error("the server authority does not parse");
  return {std::move(*certificate), std::move(*key)};
}

WallTime whole(WallTime t) {
  return from_unix_seconds(unix_seconds(t));
}

wire::Validity validity_of(const fault::TlsPlan& plan, WallTime now) {
  const auto by = std::chrono::duration_cast<std::chrono::milliseconds>(plan.by);
  if (plan.certificate == Certificate::expired) return {whole(now - by - days(30)), whole(now - by)};
  if (plan.certificate == Certificate::not_yet_valid) {
    const auto from = whole(now + by + std::chrono::seconds(1));  // rounded up: never valid too early
    return {from, from + days(30)};
  }
  return {whole(now - hours(24)), whole(now + days(90))};
}

Issuer make_intermediate(const CryptoContext& crypto, const Issuer& root, const wire::Validity& validity) {
  wire::CertificateRequest request;
  request.subject = {{"O", "firstlight"}, {"CN", "firstlight intermediate authority"}};
  request.usage = wire::CertificateUsage::authority;
  request.validity = validity;
  Issuer made;
  made.key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  made.certificate = wire::issue_certificate(crypto, request, made.key.get(), root.certificate.get(), root.key.get());
  return made;
}

/// Certificates that lead nowhere, until the chain has that size.
std::string padding(const CryptoContext& crypto, const Issuer& root, const wire::Validity& validity,
                    std::int64_t bytes) {
  std::string chain;
  for (std::int64_t size = 0; size < bytes;) {
    const auto one = make_intermediate(crypto, root, validity);
    size += static_cast<std::int64_t>(wire::certificate_der(one.certificate.get()).size());
    chain += wire::certificate_pem(one.certificate.get());
  }
  return chain;
}

}  // namespace

wire::IdentityPem ServerIdentities::proper(const CryptoContext& crypto) const {
  return iot::issue_server_identity(crypto, authority_, dns_names_, ip_addresses_, clock_.now());
}

bool ServerIdentities::still_says(const fault::TlsPlan& plan, std::chrono::milliseconds age) {
  const bool dated = plan.certificate == Certificate::expired || plan.certificate == Certificate::not_yet_valid;
  // The others are valid from a day before to months after they were made.
  const auto most = dated ? plan.by / 2 : Duration(hours(12));
  return std::chrono::abs(age) <= most;
}

wire::IdentityPem ServerIdentities::make(const CryptoContext& crypto, const fault::TlsPlan& plan) const {
  const auto now = clock_.now();
  auto issuer = load(crypto, authority_);
  if (plan.certificate == Certificate::unknown_authority)
    issuer = load(crypto, iot::make_authority(crypto, "An authority that nobody knows", now));
  wire::CertificateRequest request;
  const bool wrong_name = plan.certificate == Certificate::wrong_name;
  request.subject = {{"CN", wrong_name ? plan.name : dns_names_.front()}};
  request.usage = wire::CertificateUsage::server;
  request.validity = validity_of(plan, now);
  request.dns_names = wrong_name ? std::vector{plan.name} : dns_names_;
  if (!wrong_name) request.ip_addresses = ip_addresses_;
  const bool incomplete = plan.certificate == Certificate::incomplete_chain;
  const auto intermediate = incomplete ? make_intermediate(crypto, issuer, request.validity) : Issuer{};
  const auto& signer = incomplete ? intermediate : issuer;
  const auto key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  const bool self_signed = plan.certificate == Certificate::self_signed;
  const auto leaf =
      wire::issue_certificate(crypto, request, key.get(), self_signed ? nullptr : signer.certificate.get(),
                              self_signed ? key.get() : signer.key.get());
  wire::IdentityPem identity{wire::certificate_pem(leaf.get()), wire::private_key_pem(key.get())};
  if (plan.certificate == Certificate::oversized)
    identity.certificate_chain += padding(crypto, issuer, request.validity, plan.bytes);
  return identity;
}

}  // namespace firstlight::fakes
