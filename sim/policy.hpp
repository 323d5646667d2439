// The failure table of docs/camera-policy.md as code: which row a failure falls under. The camera's state machine
// carries out the row; each enumerator's id is the row's first cell in that table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "journal/event.hpp"
#include "sim/camera_config.hpp"

namespace firstlight::sim {

enum class Row : std::uint8_t {
  attach_rejected,
  attach_barred,
  transport,
  untrusted,
  answer,
  http_401,
  http_403,
  http_busy,
  http_client,
  http_server,
  token,
  config,
  store_load,
  store_save,
  mqtt_refused,
  mqtt_failed,
  mqtt_lost,
  detached,
};
inline constexpr std::size_t kRowCount = 18;
[[nodiscard]] std::string_view row_id(Row row);

struct Failure {
  journal::Stage stage{};
  Error error = {};
  unsigned http_status = 0;                    // of an http-status failure
  bool tls_done = false;                       // mqtt_connect: the handshake was completed on our side
  std::optional<std::uint8_t> mqtt_code = {};  // of a CONNACK that refuses
};
[[nodiscard]] Row classify(const Failure& failure, wire::mqtt::Version version);

/// Uniform in [0, min(cap, base · 2^(failures-1))]: `unit` is the draw, in [0, 1). Without jitter, all of it.
[[nodiscard]] Micros full_jitter(const RetryPolicy& policy, std::uint32_t failures, double unit);

/// Retry-After (RFC 9110 §10.2.3) as a wait from `now`: delta-seconds or an IMF-fixdate. Nothing when it is neither, or
/// in the past.
[[nodiscard]] std::optional<Micros> parse_retry_after(std::string_view value, WallTime now);

}  // namespace firstlight::sim
