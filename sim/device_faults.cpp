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

}  // namespace

DeviceFaults::DeviceFaults(const fault::Engine* engine, fault::AttemptCounter& attempts, journal::Lane& lane,
                           CameraId camera, std::string peer)
    : engine_(engine), attempts_(attempts), lane_(lane), camera_(camera), peer_(std::move(peer)) {}

template <class Plan>
std::vector<DeviceFaults::Armed<Plan>> DeviceFaults::consult(fault::Point point) {
  std::vector<Armed<Plan>> armed;
  if (engine_ == nullptr || !engine_->watches(point)) return armed;
  const auto attempt = attempts_.next(point, camera_.value());
  for (auto& shot : engine_->consult(point, camera_.value(), attempt)) {
    Plan plan;
    fault::Engine::apply(plan, shot.rule());
    armed.push_back({std::move(plan), std::move(shot)});
  }
  return armed;
}

void DeviceFaults::fire(fault::Shot& shot, std::string detail) {
  shot.fired(lane_, journal::Source::camera, peer_, std::move(detail));
}

// -- boots --------------------------------------------------------------------------------------------------------

void DeviceFaults::boot() {
  boot_ = consult<CameraPlan>(fault::Point::camera);
}

std::optional<fault::Duration> DeviceFaults::skew() {
  std::optional<fault::Duration> by;
  for (auto& [plan, shot] : boot_) {
    if (!plan.clock_by) continue;
    by = by.value_or(fault::Duration{0}) + *plan.clock_by;
    fire(shot, fmt::format("by {} s", std::chrono::duration_cast<std::chrono::seconds>(*plan.clock_by).count()));
  }
  return by;
}

std::optional<fault::Duration> DeviceFaults::power_cut_at(journal::Stage stage) {
  for (auto& [plan, shot] : boot_) {
    if (!plan.cut_power || shot.has_fired() || plan.cut_at.value_or(journal::Stage::attach) != stage) continue;
    fire(shot, std::string(stage_name(stage)));
    return plan.off_for;
  }
  return std::nullopt;
}

std::optional<CameraId> DeviceFaults::clone_of() const {
  for (const auto& [plan, shot] : boot_)
    if (plan.clone_of != 0 && !shot.has_fired()) return CameraId(plan.clone_of);
  return std::nullopt;
}

void DeviceFaults::cloned() {
  for (auto& [plan, shot] : boot_)
    if (plan.clone_of != 0) fire(shot, fmt::format("of camera {}", plan.clone_of));
}

// -- the store ----------------------------------------------------------------------------------------------------

result<void> DeviceFaults::save(Store& store, std::string_view content) {
  using Medium = CameraPlan::Store;
  for (auto& [plan, shot] : boot_) {
    if (plan.store != Medium::full) continue;
    fire(shot);
    return Error(Errc::store_full);
  }
  auto saved = store.save(content);
  if (!saved) return saved;
  for (auto& [plan, shot] : boot_) {
    if (plan.store == Medium::sound) continue;
    auto bytes = store.raw();
    if (!bytes) continue;
    if (plan.store == Medium::torn)
      bytes->resize(bytes->size() / 2);
    else
      spoil(*bytes);
    store.put_raw(*bytes);
    fire(shot);
  }
  return saved;
}

// -- attaches -----------------------------------------------------------------------------------------------------

DeviceFaults::Attached DeviceFaults::attach() {
  attach_ = consult<AttachPlan>(fault::Point::attach);
  Attached a;
  for (const auto& [plan, shot] : attach_) {
    a.delay += plan.delay;
    if (plan.answer == AttachPlan::Answer::reject) a.outcome = Error(Errc::attach_rejected);
    if (plan.answer == AttachPlan::Answer::bar) a.outcome = Error(Errc::attach_barred);
    if (plan.detach_after) a.detach_after = std::min(*plan.detach_after, a.detach_after.value_or(*plan.detach_after));
  }
  return a;
}

void DeviceFaults::attach_answered() {
  for (auto& [plan, shot] : attach_)
    if (plan.delay > fault::Duration{0} || plan.answer != AttachPlan::Answer::accept) fire(shot);
}

void DeviceFaults::detached() {
  for (auto& [plan, shot] : attach_)
    if (plan.detach_after) fire(shot);
}

// -- at a moment --------------------------------------------------------------------------------------------------

void DeviceFaults::arm(const fault::Rule& rule, const CameraPlan& plan) {
  boot_.push_back({plan, fault::Shot(rule, fault::Point::camera, camera_.value(), 0)});
}

void DeviceFaults::struck(const fault::Rule& rule, std::string detail) {
  fault::Shot shot(rule, fault::Point::camera, camera_.value(), 0);
  fire(shot, std::move(detail));
}

}  // namespace firstlight::sim
