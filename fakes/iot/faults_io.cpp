#include "fakes/iot/faults.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include "base/net/sleep_unless_gone.hpp"
#include "fault/proof.hpp"

namespace firstlight::fakes::iot {

namespace asio = boost::asio;
using fault::CertificateStatusPlan;
using fault::Point;
using fault::RegisterPlan;

namespace {

std::optional<CertificateStatus> status_of(const CertificateStatusPlan& plan) {
  switch (plan.status) {
    case CertificateStatusPlan::Status::active:
      return {};
    case CertificateStatusPlan::Status::inactive:
      return CertificateStatus::inactive;
    case CertificateStatusPlan::Status::revoked:
      return CertificateStatus::revoked;
  }
  return {};
}

std::chrono::milliseconds milliseconds_of(Duration d) {
  return std::chrono::ceil<std::chrono::milliseconds>(d);
}

asio::awaitable<void> change_status(const LabContext& lab, Registry& registry, const fault::Rule& rule,
                                    std::uint32_t camera) {
  CertificateStatusPlan plan;
  fault::Engine::apply(plan, rule);
  const auto status = status_of(plan);
  const auto sim = lab.sims.of_camera(camera);
  if (!status || !sim) co_return;
  const auto certificate = co_await registry.certificate_of(sim->imsi);
  if (!certificate) co_return;
  const auto change = co_await registry.change_certificate(certificate->id, *status);
  if (!change || !change->changed) co_return;
  auto& lane = lab.lanes.at(0);
  fault::Injection injection(rule, Point::iot_certificate, camera, 0);
  injection.fired(lane, journal::Source::iot, {}, std::string(status_name(*status)));
  journal::CertificateStatusChanged event;
  event.certificate_id = certificate->id.value();
  event.status = status_name(*status);
  lane.append(journal::Source::iot, camera, {}, std::move(event));
}

}  // namespace

void carry_out(const LabContext& lab, Registry& registry, const fault::Rule& rule, std::uint32_t camera) {
  asio::co_spawn(lab.shards.at(0).io(), change_status(lab, registry, rule, camera),
                 [](const std::exception_ptr& mistake) {
                   if (mistake) std::rethrow_exception(mistake);
                 });
}

Issue::Issue(const LabContext& lab, const HttpPeer& peer, fault::AttemptCounter& attempts) : lab_(lab), peer_(peer) {
  const auto consult = [&](auto& plan, Point point, fault::Injections& injections) {
    if (!lab.faults.watches(point)) return;
    auto all = lab.faults.edit(plan, point, peer.camera, attempts.next(point, peer.camera));
    injections = fault::effective_on<std::decay_t<decltype(plan)>>(std::move(all));
  };
  consult(registration_, Point::iot_register, registration_injections_);
  consult(status_plan_, Point::iot_certificate, status_injections_);
}

void Issue::limit(wire::Validity& validity) {
  if (!status_plan_.expires_in) return;
  const auto now = from_unix_seconds(unix_seconds(lab_.clock.now()));
  ends_ = validity.not_after = now + std::chrono::floor<std::chrono::seconds>(*status_plan_.expires_in);
}

/// Keeps the injections whose own plan makes `said` say something, until the device is answered.
template <class Plan, class Said>
void Issue::prove(const fault::Injections& injections, Said said) {
  for (const auto& injection : injections) {
    const std::string detail = said(fault::own_plan<Plan>(injection));
    if (!detail.empty()) pending_.push_back({injection, journal::Source::iot, detail});
  }
}

/// From its beginning on the answer is late. False: the device has left.
asio::awaitable<bool> Issue::delay() {
  if (peer_.socket != nullptr && has_gone(*peer_.socket)) co_return false;
  for (auto& injection : registration_injections_) {
    const auto own = fault::own_plan<RegisterPlan>(injection);
    if (own.delay > Duration{0})
      injection.fired(lab_.lanes.at(peer_.shard.index()), journal::Source::iot, peer_.address.to_string(),
                      "answers " + format_duration(own.delay) + " late");
  }
  if (peer_.socket != nullptr) co_return co_await sleep_unless_gone(*peer_.socket, registration_.delay);
  asio::steady_timer timer(peer_.shard.io(), registration_.delay);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return true;
}

asio::awaitable<result<void>> Issue::register_certificate(Registry& registry, DeviceId device,
                                                          IssuedCertificate certificate) {
  using Answer = RegisterPlan::Answer;
  if (registration_.delay > Duration{0}) {
    const bool waited = co_await delay();
    if (!waited) co_return Error(Errc::cancelled, "the device has left");
  }
  const auto answer = registration_.answer;
  if (answer != Answer::proper)
    prove<RegisterPlan>(registration_injections_, [](const RegisterPlan& plan) {
      return plan.answer == Answer::proper ? "" : plan.answer == Answer::lost ? "not stored" : "refused";
    });
  if (answer == Answer::error) co_return Error(Errc::database_error, "a rule of the scenario");
  if (answer == Answer::throttled) co_return Error(Errc::throttled);
  const auto id = certificate.id;
  const bool ends_early = ends_ && certificate.validity.not_after == *ends_;  // no other rule set another end
  if (answer == Answer::proper) {
    const auto stored = co_await registry.register_certificate(std::move(device), std::move(certificate),
                                                               milliseconds_of(status_plan_.propagation));
    if (!stored) co_return stored.error();
    const auto set = co_await set_status(registry, id);
    if (!set) co_return set.error();
  }
  prove<CertificateStatusPlan>(status_injections_, [&](const CertificateStatusPlan& plan) {
    if (plan.expires_in && ends_early) return "expires in " + format_duration(*plan.expires_in);
    if (answer == Answer::proper && plan.propagation > Duration{0})
      return "at the edge in " + format_duration(plan.propagation);
    return std::string();
  });
  co_return result<void>();
}

asio::awaitable<result<void>> Issue::set_status(Registry& registry, const CertificateId& id) {
  const auto status = status_of(status_plan_);
  if (!status) co_return result<void>();
  const auto change = co_await registry.change_certificate(id, *status);
  if (!change) co_return change.error();
  prove<CertificateStatusPlan>(status_injections_, [](const CertificateStatusPlan& plan) {
    const auto own = status_of(plan);
    return own ? std::string(status_name(*own)) : std::string();
  });
  journal::CertificateStatusChanged event;
  event.certificate_id = id.value();
  event.status = status_name(*status);
  lab_.lanes.at(peer_.shard.index())
      .append(journal::Source::iot, peer_.camera, peer_.address.to_string(), std::move(event));
  co_return result<void>();
}

}  // namespace firstlight::fakes::iot
