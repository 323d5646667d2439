#include "fakes/pki/server_identities.hpp"

#include <stdexcept>

namespace firstlight::fakes {

namespace {

using fault::ServerCertificate;
namespace shown = fault::server_certificate;
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

std::chrono::milliseconds milliseconds_of(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d);
}

wire::Validity validity_of(const ServerCertificate& plan, WallTime now) {
  if (const auto* expired = std::get_if<shown::Expired>(&plan)) {
    const auto end = now - milliseconds_of(expired->ago);
    return {whole(end - days(30)), whole(end)};
  }
  if (const auto* later = std::get_if<shown::NotYetValid>(&plan)) {
    // Rounded up: never valid too early.
    const auto from = whole(now + milliseconds_of(later->in) + std::chrono::seconds(1));
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

bool ServerIdentities::still_says(const ServerCertificate& plan, std::chrono::milliseconds age) {
  Duration most = hours(12);  // they are valid from a day before to months after they were made
  if (const auto* expired = std::get_if<shown::Expired>(&plan)) most = expired->ago / 2;
  if (const auto* later = std::get_if<shown::NotYetValid>(&plan)) most = later->in / 2;
  return std::chrono::abs(age) <= most;
}

wire::IdentityPem ServerIdentities::make(const CryptoContext& crypto, const ServerCertificate& plan) const {
  const auto now = clock_.now();
  auto issuer = load(crypto, authority_);
  if (std::holds_alternative<shown::UnknownAuthority>(plan))
    issuer = load(crypto, iot::make_authority(crypto, "An authority that nobody knows", now));
  wire::CertificateRequest request;
  const auto* wrong = std::get_if<shown::WrongName>(&plan);
  request.subject = {{"CN", wrong ? wrong->name : dns_names_.front()}};
  request.usage = wire::CertificateUsage::server;
  request.validity = validity_of(plan, now);
  request.dns_names = wrong ? std::vector{wrong->name} : dns_names_;
  if (!wrong) request.ip_addresses = ip_addresses_;
  const bool incomplete = std::holds_alternative<shown::IncompleteChain>(plan);
  const auto intermediate = incomplete ? make_intermediate(crypto, issuer, request.validity) : Issuer{};
  const auto& signer = incomplete ? intermediate : issuer;
  const auto key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  const bool self_signed = std::holds_alternative<shown::SelfSigned>(plan);
  const auto leaf =
      wire::issue_certificate(crypto, request, key.get(), self_signed ? nullptr : signer.certificate.get(),
                              self_signed ? key.get() : signer.key.get());
  wire::IdentityPem identity{wire::certificate_pem(leaf.get()), wire::private_key_pem(key.get())};
  if (const auto* oversized = std::get_if<shown::Oversized>(&plan))
    identity.certificate_chain += padding(crypto, issuer, request.validity, oversized->bytes);
  return identity;
}

}  // namespace firstlight::fakes
