// The failure table of docs/camera-policy.md as code: which row a failure falls under. The camera's state machine
// carries out the row; each enumerator's id is the row's first cell in that table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"
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

}  // namespace firstlight::sim
