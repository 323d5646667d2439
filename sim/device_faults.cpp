#include "sim/device_faults.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firstlight::sim {

using fault::AttachPlan;
using fault::CameraPlan;

namespace {

/// Where a byte is spoilt: a quarter into the content, which is where a configuration has its certificate.
void spoil(std::string& bytes) {
  const auto content = std::min<std::size_t>(bytes.size(), kStoredHeaderBytes);
  if (content == bytes.size()) return;
  auto& byte = bytes[content + (bytes.size() - content) / 4];
  byte = static_cast<char>(byte ^ 1);
}

/// Among rules of one attempt that speak of the same thing the last one counts, as where effects edit one plan. Null:
/// none says anything but `proper`.
template <class Armed, class Said>
Armed* decisive(std::vector<Armed>& all, Said said, decltype(said(all.front().plan)) proper) {
  Armed* last = nullptr;
  for (auto& armed : all)
    if (said(armed.plan) != proper) last = &armed;
  return last;
}

}  // namespace

DeviceFaults::DeviceFaults(const fault::Engine* engine, fault::AttemptCounter& attempts, journal::Lane& lane,
                           CameraId camera, std::string peer)
    : engine_(engine), attempts_(attempts), lane_(lane), camera_(camera), peer_(std::move(peer)) {}

template <class Plan>
std::vector<DeviceFaults::Armed<Plan>> DeviceFaults::consult(fault::Point point) {
  std::vector<Armed<Plan>> armed;
  if (engine_ == nullptr || !engine_->watches(point)) return armed;
  const auto attempt = attempts_.next(point, camera_.value());
  for (auto& injection : engine_->consult(point, camera_.value(), attempt)) {
    Plan plan;
    fault::Engine::apply(plan, injection.rule());
    armed.push_back({std::move(plan), std::move(injection)});
  }
  return armed;
}

void DeviceFaults::fire(fault::Injection& injection, std::string detail) {
  injection.fired(lane_, journal::Source::camera, peer_, std::move(detail));
}

// -- boots --------------------------------------------------------------------------------------------------------

void DeviceFaults::boot() {
  std::erase_if(moment_, [](const auto& armed) { return armed.injection.has_fired(); });
  boot_ = consult<CameraPlan>(fault::Point::camera);
}

std::optional<Duration> DeviceFaults::skew() {
  std::optional<Duration> by;
  for (auto& [plan, injection] : boot_) {
    if (!plan.clock_by || *plan.clock_by == Duration{0}) continue;
    by = by.value_or(Duration{0}) + *plan.clock_by;
    fire(injection, fmt::format("by {} s", std::chrono::duration_cast<std::chrono::seconds>(*plan.clock_by).count()));
  }
  return by;
}

std::optional<Duration> DeviceFaults::power_cut_at(journal::Stage stage) {
  for (auto* rules : {&boot_, &moment_})
    for (auto& [plan, injection] : *rules) {
      if (!plan.cut_power || injection.has_fired() || plan.cut_at.value_or(journal::Stage::attach) != stage) continue;
      fire(injection, std::string(stage_name(stage)));
      return plan.off_for;
    }
  return std::nullopt;
}

DeviceFaults::Armed<CameraPlan>* DeviceFaults::cloning() {
  return decisive(
      boot_, [](const CameraPlan& plan) { return plan.clone_of; }, 0);
}

std::optional<CameraId> DeviceFaults::clone_of() {
  const auto* armed = cloning();
  if (armed == nullptr || armed->injection.has_fired()) return std::nullopt;
  return CameraId(armed->plan.clone_of);
}

void DeviceFaults::cloned() {
  if (auto* armed = cloning()) fire(armed->injection, fmt::format("of camera {}", armed->plan.clone_of));
}

// -- the store ----------------------------------------------------------------------------------------------------

result<void> DeviceFaults::save(Store& store, std::string_view content) {
  using Medium = CameraPlan::Store;
  auto* armed = decisive(
      boot_, [](const CameraPlan& plan) { return plan.store; }, Medium::sound);
  if (armed != nullptr && armed->plan.store == Medium::full) {
    fire(armed->injection);
    return Error(Errc::store_full);
  }
  auto saved = store.save(content);
  auto bytes = saved && armed != nullptr ? store.raw() : std::nullopt;
  if (!bytes) return saved;
  if (armed->plan.store == Medium::torn)
    bytes->resize(bytes->size() / 2);
  else
    spoil(*bytes);
  store.put_raw(*bytes);
  fire(armed->injection);
  return saved;
}

// -- attaches -----------------------------------------------------------------------------------------------------

DeviceFaults::Attached DeviceFaults::attach() {
  using Answer = AttachPlan::Answer;
  attach_ = consult<AttachPlan>(fault::Point::attach);
  Attached a;
  for (const auto& [plan, injection] : attach_) a.delay += plan.delay;
  if (const auto* armed = answering())
    a.outcome = Error(armed->plan.answer == Answer::bar ? Errc::attach_barred : Errc::attach_rejected);
  if (const auto* armed = detaching()) a.detach_after = armed->plan.detach_after;
  return a;
}

DeviceFaults::Armed<AttachPlan>* DeviceFaults::answering() {
  return decisive(
      attach_, [](const AttachPlan& plan) { return plan.answer; }, AttachPlan::Answer::accept);
}

/// The earliest: once detached, a camera cannot be detached again.
DeviceFaults::Armed<AttachPlan>* DeviceFaults::detaching() {
  Armed<AttachPlan>* found = nullptr;
  for (auto& armed : attach_)
    if (armed.plan.detach_after && (found == nullptr || *armed.plan.detach_after <= *found->plan.detach_after))
      found = &armed;
  return found;
}

void DeviceFaults::attach_answered() {
  for (auto& [plan, injection] : attach_)
    if (plan.delay > Duration{0}) fire(injection);
  if (auto* armed = answering()) fire(armed->injection);
}

void DeviceFaults::detached() {
  if (auto* armed = detaching()) fire(armed->injection);
}

// -- at a moment --------------------------------------------------------------------------------------------------

void DeviceFaults::arm(const fault::Rule& rule, const CameraPlan& plan) {
  moment_.push_back({plan, fault::Injection(rule, fault::Point::camera, camera_.value(), 0)});
}

void DeviceFaults::struck(const fault::Rule& rule, std::string detail) {
  fault::Injection injection(rule, fault::Point::camera, camera_.value(), 0);
  fire(injection, std::move(detail));
}

}  // namespace firstlight::sim
