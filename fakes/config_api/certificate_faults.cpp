#include "fakes/config_api/certificate_faults.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <stdexcept>
#include <tuple>

#include "fault/proof.hpp"

namespace firstlight::fakes::config_api {

namespace {

using std::chrono::days;
using std::chrono::seconds;

seconds whole(Duration d) {
  return std::chrono::ceil<seconds>(d);
}

/// RSA with 1024 bits, as no authority should sign it any more.
PkeyPtr weak_key(const CryptoContext& crypto) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(crypto.lib(), "RSA", nullptr), EVP_PKEY_CTX_free);
  std::size_t bits = 1024;
  const std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_BITS, &bits),
                                         OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_keygen_init(context.get()) != 1 || EVP_PKEY_CTX_set_params(context.get(), params.data()) != 1 ||
      EVP_PKEY_generate(context.get(), &key) != 1)
    throw std::runtime_error("RSA-1024: " + take_openssl_error());
  return PkeyPtr(key);
}

wire::Validity shifted(wire::Validity v, const fault::CertificatePlan::Dates& dates, WallTime now) {
  if (dates.lifetime) v.not_after = now + whole(*dates.lifetime);
  if (dates.expired) v = {now - whole(*dates.expired) - days(30), now - whole(*dates.expired)};
  if (dates.not_yet_valid) v = {now + whole(*dates.not_yet_valid), now + whole(*dates.not_yet_valid) + days(30)};
  return v;
}

/// What a device can tell of the plan: the validity that its dates come to, and all else.
auto told(fault::CertificatePlan plan, const wire::Validity& proper, WallTime now) {
  const auto validity = shifted(proper, plan.dates, now);
  plan.dates = {};
  return std::tuple(validity.not_before, validity.not_after, plan);
}

}  // namespace

CertificateFaults::CertificateFaults(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts) {
  constexpr auto kPoint = fault::Point::config_api_certificate;
  if (lab.faults.watches(kPoint))
    injections_ = lab.faults.edit(plan_, kPoint, peer.camera, attempts.next(kPoint, peer.camera));
}

iot::IssuedCertificate CertificateFaults::issue(const CryptoContext& crypto, iot::Authority& authority,
                                                std::vector<PkeyPtr> keys, wire::Validity proper, WallTime now) {
  const auto validity = shifted(proper, plan_.dates, now);
  const auto key = plan_.weak_key ? weak_key(crypto) : std::move(keys.front());
  const auto usage = plan_.server_usage ? wire::CertificateUsage::server : wire::CertificateUsage::client;
  auto issued = plan_.foreign_authority
                    ? iot::Authority(crypto, iot::make_authority(crypto, "An authority that nobody knows", now))
                          .issue(key.get(), validity, usage)
                    : authority.issue(key.get(), validity, usage);
  if (plan_.foreign_key) issued.private_key_pem = wire::private_key_pem(keys.back().get());
  const auto outcome = [&](const fault::Injections& those) {
    return told(fault::plan_of<fault::CertificatePlan>(those), proper, now);
  };
  for (const auto& injection : fault::effective(injections_, outcome))
    pending_.push_back({injection, journal::Source::config_api, "certificate " + issued.id.value()});
  return issued;
}

}  // namespace firstlight::fakes::config_api
