#include "fakes/config_api/faulted_issue.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace firstlight::fakes::config_api {

namespace {

using std::chrono::days;
using std::chrono::seconds;

seconds whole(fault::Duration d) {
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

wire::Validity shifted(wire::Validity v, const fault::CertificatePlan& plan, const fault::FatePlan& fate,
                       WallTime now) {
  if (plan.lifetime) v.not_after = now + whole(*plan.lifetime);
  if (fate.expires_in) v.not_after = now + whole(*fate.expires_in);
  if (plan.expired) v = {now - whole(*plan.expired) - days(30), now - whole(*plan.expired)};
  if (plan.not_yet_valid) v = {now + whole(*plan.not_yet_valid), now + whole(*plan.not_yet_valid) + days(30)};
  return v;
}

}  // namespace

FaultedIssue::FaultedIssue(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts)
    : lab_(lab), peer_(peer) {
  const auto consult = [&](auto& plan, fault::Point point) {
    if (!lab.faults.watches(point)) return fault::Shots{};
    return lab.faults.edit(plan, point, peer.camera, attempts.next(point, peer.camera));
  };
  certificate_shots_ = consult(certificate_, fault::Point::config_api_certificate);
  registration_shots_ = consult(registration_, fault::Point::iot_register);
  fate_shots_ = consult(fate_, fault::Point::iot_certificate);
}

bool FaultedIssue::any() const {
  return !certificate_shots_.empty() || fate_.expires_in.has_value();
}

iot::IssuedCertificate FaultedIssue::issue(const CryptoContext& crypto, iot::Authority& authority, wire::KeyKind kind,
                                           wire::Validity proper, WallTime now) {
  const auto& plan = certificate_;
  const auto validity = shifted(proper, plan, fate_, now);
  const auto key = plan.weak_key ? weak_key(crypto) : wire::generate_key(crypto, kind);
  const auto usage = plan.server_usage ? wire::CertificateUsage::server : wire::CertificateUsage::client;
  auto issued = plan.foreign_authority
                    ? iot::Authority(crypto, iot::make_authority(crypto, "An authority that nobody knows", now))
                          .issue(key.get(), validity, usage)
                    : authority.issue(key.get(), validity, usage);
  if (plan.foreign_key) issued.private_key_pem = wire::private_key_pem(wire::generate_key(crypto, kind).get());
  fired(certificate_shots_, "certificate " + issued.id.value());
  if (fate_.expires_in) fired(fate_shots_, "certificate " + issued.id.value());
  return issued;
}

fault::Duration FaultedIssue::registration_delay() {
  if (registration_.delay > fault::Duration{0}) fired(registration_shots_);
  return registration_.delay;
}

std::optional<Error> FaultedIssue::registration_answer() {
  using Answer = fault::RegisterPlan::Answer;
  if (registration_.answer != Answer::error && registration_.answer != Answer::throttled) return {};
  fired(registration_shots_);
  return Error(Errc::database_error, registration_.answer == Answer::error ? "InternalFailure" : "ThrottlingException");
}

bool FaultedIssue::registered() {
  if (registration_.answer == fault::RegisterPlan::Answer::lost) fired(registration_shots_);
  return registration_.answer != fault::RegisterPlan::Answer::lost && !certificate_.foreign_authority;
}

void FaultedIssue::fate_carried_out() {
  fired(fate_shots_);
}

void FaultedIssue::fired(fault::Shots& shots, std::string detail) {
  for (auto& shot : shots)
    shot.fired(lab_.lanes[peer_.shard.index()], journal::Source::config_api, peer_.address.to_string(), detail);
}

}  // namespace firstlight::fakes::config_api
