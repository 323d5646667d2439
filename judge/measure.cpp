#include "judge/measure.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace firstlight::judge {

std::int64_t Samples::percentile(double percent) const {
  if (values_.empty()) return 0;
  if (!sorted_) {
    std::sort(values_.begin(), values_.end());
    sorted_ = true;
  }
  const auto n = static_cast<double>(values_.size());
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100.0 * n));
  return values_[std::clamp<std::size_t>(rank, 1, values_.size()) - 1];
}

namespace {

struct Fold {
  Measurements& out;
  const journal::Event& event;

  void leaves(CameraFacts& c) {
    if (c.online_at_end) out.online_changes.emplace_back(event.t_ns, -1);
    c.online_at_end = false;
  }
  CameraFacts& camera() { return out.cameras[event.camera]; }

  void operator()(const journal::PowerOn& e) {
    auto& c = camera();
    if (!c.powered) {
      c.scheduled_ns = e.scheduled_ns;
      c.power_on_ns = event.t_ns;
      out.generator_lag.add((event.t_ns - e.scheduled_ns) / 1000);
    }
    c.powered = true;
    c.gave_up = false;  // a boot begins anew
    c.gave_up_reason.clear();
    c.stage.reset();
  }
  void operator()(const journal::StageStarted& e) {
    auto& c = camera();
    ++c.attempts[static_cast<std::size_t>(e.stage)];
    c.stage = e.stage;
  }
  void operator()(const journal::StageEnded& e) {
    const auto i = static_cast<std::size_t>(e.stage);
    if (e.ok) {
      out.stages[i].add(e.took_us);
    } else {
      ++out.failed[i];
      camera().failures.push_back({e.stage, e.attempt, event.t_ns, e.error, e.detail});
    }
  }
  void operator()(const journal::CameraOnline&) {
    auto& c = camera();
    if (!c.online) {
      c.online_ns = event.t_ns;
      out.total.add((event.t_ns - c.scheduled_ns) / 1000);
      out.total_from_power_on.add((event.t_ns - c.power_on_ns) / 1000);
    }
    if (!c.online_at_end) {
      out.online_changes.emplace_back(event.t_ns, +1);
      c.last_online_ns = event.t_ns;
    }
    c.online = c.online_at_end = true;
  }
  void operator()(const journal::CameraOffline&) { leaves(camera()); }
  void operator()(const journal::CameraGaveUp& e) {
    auto& c = camera();
    c.gave_up = true;
    leaves(c);
    c.gave_up_reason = e.reason;
  }
  void operator()(const journal::RunEnded& e) {
    out.end_reason = e.reason;
    out.end_detail = e.detail;
  }
  void operator()(const auto&) {}
};

}  // namespace

Measurements measure(const std::vector<journal::Event>& events) {
  Measurements out;
  for (const auto& event : events) {
    out.last_ns = std::max(out.last_ns, event.t_ns);
    const bool about_camera = event.source == journal::Source::camera && event.camera != 0;
    if (about_camera || event.source == journal::Source::run) std::visit(Fold{out, event}, event.payload);
    if (std::holds_alternative<journal::RunEnded>(event.payload)) break;
  }
  std::optional<std::int64_t> start;
  for (const auto& [id, camera] : out.cameras)
    if (camera.powered) start = std::min(start.value_or(camera.scheduled_ns), camera.scheduled_ns);
  out.start_ns = start.value_or(0);
  return out;
}

}  // namespace firstlight::judge
