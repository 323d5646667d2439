#include "fakes/ingress/proofs.hpp"

#include <tuple>

namespace firstlight::fakes {

using fault::LinkPlan;
using fault::TlsPlan;

namespace {

/// All of a plan that is carried out. A member that is missing here is never proven.
auto parts(const LinkPlan& p) {
  const auto reset_after = p.reset == LinkPlan::Cut::after_bytes ? p.reset_after : 0;
  return std::tuple(p.swallow, p.reset, reset_after, p.latency.base, p.latency.spread, p.latency.exponential,
                    p.bytes_per_second, p.slice, p.slice_pause, p.stall_after, p.half_close_after, p.partition,
                    p.flap_up, p.flap_down);
}
auto parts(const TlsPlan& p) {
  using Certificate = TlsPlan::Certificate;
  const bool dated = p.certificate == Certificate::expired || p.certificate == Certificate::not_yet_valid;
  return std::tuple(p.certificate, dated ? p.by : Duration{0}, p.certificate == Certificate::wrong_name ? p.name : "",
                    p.certificate == Certificate::oversized ? p.bytes : 0, p.only_version, p.cipher, p.max_fragment,
                    p.alert, p.stall);
}

template <class Plan>
Plan plan_of(const fault::Injections& injections) {
  Plan plan;
  for (const auto& injection : injections) fault::Engine::apply(plan, injection.rule());
  return plan;
}

template <class Plan>
void keep_what_counts(fault::Injections& injections) {
  const auto all = plan_of<Plan>(injections);
  for (std::size_t i = 0; i < injections.size();) {
    auto others = injections;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const bool counts = injections[i].rule().effect->name == "partition" || parts(plan_of<Plan>(others)) != parts(all);
    if (counts)
      ++i;
    else
      injections = std::move(others);
  }
}

}  // namespace

void Proofs::fired(std::string_view effect, const std::string& detail) {
  for (auto& injection : injections_)
    if (injection.rule().effect->name == effect) injection.fired(lane_, source_, peer_, detail);
}

void Proofs::fired(const fault::Rule& rule) {
  for (auto& injection : injections_)
    if (&injection.rule() == &rule) injection.fired(lane_, source_, peer_);
}

void Proofs::fired_if(const std::function<bool(const fault::Injection&)>& acted) {
  for (auto& injection : injections_)
    if (acted(injection)) injection.fired(lane_, source_, peer_);
}

void keep_link_injections_that_count(fault::Injections& injections) {
  keep_what_counts<LinkPlan>(injections);
}

void keep_tls_injections_that_count(fault::Injections& injections) {
  keep_what_counts<TlsPlan>(injections);
}

bool is_met_in_hello(const fault::Injection& injection) {
  TlsPlan plan;
  fault::Engine::apply(plan, injection.rule());
  return plan.only_version || !plan.cipher.empty();
}

}  // namespace firstlight::fakes
