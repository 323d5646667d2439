#include "fakes/config_api/certificate_faults.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <stdexcept>
#include <tuple>

#include "fakes/http/effective.hpp"

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

wire::Validity shifted(wire::Validity v, const fault::CertificatePlan& plan, WallTime now) {
  if (plan.lifetime) v.not_after = now + whole(*plan.lifetime);
  if (plan.expired) v = {now - whole(*plan.expired) - days(30), now - whole(*plan.expired)};
  if (plan.not_yet_valid) v = {now + whole(*plan.not_yet_valid), now + whole(*plan.not_yet_valid) + days(30)};
  return v;
}

/// What a device can tell of the plan.
auto told(const fault::CertificatePlan& plan, const wire::Validity& proper, WallTime now) {
  const auto validity = shifted(proper, plan, now);
  return std::tuple(validity.not_before, validity.not_after, plan.foreign_key, plan.foreign_authority,
                    plan.server_usage, plan.other_device, plan.weak_key);
}

}  // namespace

CertificateFaults::CertificateFaults(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts) {
  constexpr auto kPoint = fault::Point::config_api_certificate;
  if (lab.faults.watches(kPoint))
    injections_ = lab.faults.edit(plan_, kPoint, peer.camera, attempts.next(kPoint, peer.camera));
}

iot::IssuedCertificate CertificateFaults::issue(const CryptoContext& crypto, iot::Authority& authority,
                                                std::vector<PkeyPtr> keys, wire::Validity proper, WallTime now) {
  const auto validity = shifted(proper, plan_, now);
  const auto key = plan_.weak_key ? weak_key(crypto) : std::move(keys.front());
  const auto usage = plan_.server_usage ? wire::CertificateUsage::server : wire::CertificateUsage::client;
  auto issued = plan_.foreign_authority
                    ? iot::Authority(crypto, iot::make_authority(crypto, "An authority that nobody knows", now))
                          .issue(key.get(), validity, usage)
                    : authority.issue(key.get(), validity, usage);
  if (plan_.foreign_key) issued.private_key_pem = wire::private_key_pem(keys.back().get());
  const auto outcome = [&](const fault::Injections& those) {
    fault::CertificatePlan plan;
    for (const auto& injection : those) fault::Engine::apply(plan, injection.rule());
    return told(plan, proper, now);
  };
  for (const auto& injection : effective(injections_, outcome))
    pending_.push_back({injection, journal::Source::config_api, "certificate " + issued.id.value()});
  return issued;
}

}  // namespace firstlight::fakes::config_api
