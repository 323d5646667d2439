// Cameras that come back too soon, too late, in step, or not at all.
#include <algorithm>

#include "sim/backoff.hpp"
#include "sim/defects.hpp"

namespace firstlight::sim {

namespace {

Micros back_off(const CameraConfig& config, std::uint32_t failures, double unit) {
  const auto& defects = config.defects;
  auto policy = config.retry;
  if (defects.has(Defect::constant_backoff)) return full_jitter(policy, 1, unit);
  if (defects.has(Defect::linear_backoff)) {
    policy.base = std::min(policy.cap, policy.base * std::max(failures, 1U));
    return full_jitter(policy, 1, unit);
  }
  if (defects.has(Defect::jitter_after_cap)) {
    const auto jitter = full_jitter(policy, failures, unit);
    policy.jitter = Jitter::none;
    return full_jitter(policy, failures, unit) + jitter;
  }
  return full_jitter(policy, failures, unit);
}

}  // namespace

Micros wait_before_retry(const CameraConfig& config, const RetryCause& cause, double unit) {
  if (config.defects.has(Defect::no_backoff)) return std::chrono::milliseconds(20);
  auto wait =
      cause.kind == WaitKind::forbidden ? long_wait(config.retry, unit) : back_off(config, cause.failures, unit);
  if (cause.retry_after) wait += std::min(*cause.retry_after, config.retry.retry_after_cap);
  return wait;
}

std::uint32_t draws_as(const DefectSet& defects, CameraId camera) {
  return defects.has(Defect::unseeded_jitter) ? 0 : camera.value();
}

std::optional<Micros> retry_after_of(const DefectSet& defects, const HttpReply& reply, WallTime now) {
  if (!reply.retry_after || defects.has(Defect::ignore_retry_after)) return std::nullopt;
  return parse_retry_after(*reply.retry_after, now);
}

bool connack_resets_backoff(const DefectSet& defects) {
  return defects.has(Defect::reset_backoff_on_connack);
}

bool reconnects(const DefectSet& defects) {
  return !defects.has(Defect::never_reconnect);
}

}  // namespace firstlight::sim
