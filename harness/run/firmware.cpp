#include "harness/run/firmware.hpp"

#include <algorithm>

namespace firstlight::harness {

namespace {

using Sync = sim::ClockModel::Sync;

Sync sync_of(language::ClockSync sync) {
  switch (sync) {
    case language::ClockSync::network_time:
      return Sync::network_time;
    case language::ClockSync::sntp:
      return Sync::sntp;
    case language::ClockSync::none:
      return Sync::none;
  }
  return Sync::none;
}

sim::RetryPolicy retry_of(const language::RetryPolicy& retry) {
  sim::RetryPolicy r;
  r.base = retry.base;
  r.cap = retry.cap;
  r.jitter = retry.jitter == language::Jitter::full ? sim::Jitter::full : sim::Jitter::none;
  r.give_up_after = retry.give_up_after;
  r.forbidden = retry.forbidden;
  r.retry_after_cap = retry.retry_after_cap;
  r.unauthorized_limit = retry.unauthorized_limit;
  r.refusals_before_discard = retry.refusals_before_discard;
  r.stable_after = retry.stable_after;
  return r;
}

}  // namespace

void apply_firmware(const language::Firmware& firmware, sim::CameraConfig& camera) {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  camera.retry = retry_of(firmware.retry);
  camera.clock.start = firmware.clock.start;
  camera.clock.sync = sync_of(firmware.clock.sync);
  camera.clock.sntp_delay = firmware.clock.sntp_delay;
  const auto& t = firmware.timeouts;
  camera.limits = {t.connect, t.handshake, t.exchange, t.connack, t.ack};
  camera.token_leeway = duration_cast<seconds>(firmware.token_leeway);
  camera.attach_delay = firmware.attach_delay;
  if (firmware.keep_alive) {
    const auto wanted = duration_cast<seconds>(*firmware.keep_alive).count();
    camera.keep_alive_seconds = static_cast<std::uint16_t>(std::min<std::int64_t>(wanted, 65535));
  }
  camera.mqtt_version =
      firmware.mqtt == language::MqttVersion::v5 ? wire::mqtt::Version::v5 : wire::mqtt::Version::v3_1_1;
  camera.firmware_version = firmware.version;
  camera.defects = firmware.defects;
}

}  // namespace firstlight::harness
