#include "fakes/pki/authority.hpp"

#include <algorithm>
#include <stdexcept>

namespace firstlight::fakes::iot {

namespace {

using std::chrono::days;

WallTime whole_seconds(WallTime t) {
  return std::chrono::floor<std::chrono::seconds>(t);
}

/// A day before `now`, so that a device whose clock is a little behind still accepts the certificate.
wire::Validity lasting(WallTime now, days length) {
  const auto from = whole_seconds(now) - days(1);
  return {from, from + length};
}

wire::Name lab_name(const std::string& common_name) {
  return {{"O", "firstlight"}, {"CN", common_name}};
}

template <class T>
T loaded(result<T> r, const char* what) {
  if (!r) throw std::runtime_error(std::string(what) + ": " + r.error().text());
  return std::move(*r);
}

}  // namespace

AuthorityPem make_authority(const CryptoContext& crypto, const std::string& common_name, WallTime now) {
  const auto key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  wire::CertificateRequest request;
  request.subject = lab_name(common_name);
  request.usage = wire::CertificateUsage::authority;
  request.validity = lasting(now, days(3653));
  const auto certificate = wire::issue_certificate(crypto, request, key.get(), nullptr, key.get());
  return {wire::certificate_pem(certificate.get()), wire::private_key_pem(key.get())};
}

wire::IdentityPem issue_server_identity(const CryptoContext& crypto, const AuthorityPem& authority,
                                        const std::vector<std::string>& dns_names,
                                        const std::vector<std::string>& ip_addresses, WallTime now) {
  const auto issuer = loaded(wire::parse_certificate(crypto, authority.certificate_chain), "server authority");
  const auto issuer_key = loaded(wire::parse_private_key(crypto, authority.private_key), "server authority's key");
  const auto key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  wire::CertificateRequest request;
  const auto& names = dns_names.empty() ? ip_addresses : dns_names;
  request.subject = {{"CN", names.empty() ? std::string("firstlight") : names.front()}};
  if (request.subject.front().value.size() > 64)
    request.subject.front().value = "firstlight";  // X.520's ub-common-name
  request.usage = wire::CertificateUsage::server;
  request.validity = lasting(now, days(398));
  // A certificate that outlives its issuer is refused by some verifiers and pointless for all.
  request.validity.not_after = std::min(request.validity.not_after, wire::validity(issuer.get()).not_after);
  request.dns_names = dns_names;
  request.ip_addresses = ip_addresses;
  const auto certificate = wire::issue_certificate(crypto, request, key.get(), issuer.get(), issuer_key.get());
  return {wire::certificate_pem(certificate.get()), wire::private_key_pem(key.get())};
}

Authority::Authority(const CryptoContext& crypto, const AuthorityPem& pem)
    : crypto_(crypto),
      pem_(pem.certificate_chain),
      certificate_(loaded(wire::parse_certificate(crypto, pem.certificate_chain), "device authority")),
      key_(loaded(wire::parse_private_key(crypto, pem.private_key), "device authority's key")) {
  if (!wire::key_matches(certificate_.get(), key_.get()))
    throw std::runtime_error("device authority: the key does not belong to the certificate");
}

IssuedCertificate Authority::issue_device(wire::KeyKind kind, const wire::Validity& validity) {
  const auto key = wire::generate_key(crypto_, kind);
  return issue_device(key.get(), validity);
}

IssuedCertificate Authority::issue_device(EVP_PKEY* key, const wire::Validity& validity) {
  return issue(key, validity, wire::CertificateUsage::client);
}

IssuedCertificate Authority::issue(EVP_PKEY* key, const wire::Validity& validity, wire::CertificateUsage usage) {
  wire::CertificateRequest request;
  request.subject = {{"CN", "AWS IoT Certificate"}};
  request.usage = usage;
  request.validity = {whole_seconds(validity.not_before), whole_seconds(validity.not_after)};
  const auto der = wire::issue_certificate_der(crypto_, request, key, certificate_.get(), key_.get());
  return {wire::certificate_id(crypto_, der), wire::certificate_pem(der), wire::private_key_pem(key), request.validity,
          SteadyClock::now()};
}

}  // namespace firstlight::fakes::iot
