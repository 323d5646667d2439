// The configuration that the config API hands to a camera, as far as the camera uses it. Parsed by the camera's state
// machine, kept in its store in the same shape, checked by a Verifier.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"

namespace firstlight::sim {

struct Topics {
  std::string command_request;
  std::string command_response;
  std::string status;
};

struct DeviceConfig {
  std::string device_id;
  std::string certificate_id;
  std::string certificate_pem;
  Secret private_key_pem;
  std::string ca_certificate_pem;
  std::string endpoint;
  std::uint16_t port = 0;
  std::string client_id;
  std::uint16_t keep_alive_seconds = 0;
  bool clean_session = true;
  Topics topics;
  std::uint32_t status_interval_seconds = 0;  // 0: only the first status
};

/// Strict about the members it uses (present, of the right type, in range, topics and host well-formed), tolerant of
/// others. Errors: config-malformed (detail: the member).
[[nodiscard]] result<DeviceConfig> parse_device_config(std::string_view json);
/// What a camera with a defect makes of it: members that are missing or wrong are empty, and so are all when
/// it is no JSON object.
[[nodiscard]] DeviceConfig parse_whatever_is_there(std::string_view json);
/// The same shape, with only the members above; parse_device_config's inverse.
[[nodiscard]] std::string format_device_config(const DeviceConfig& config);

/// What the store holds: the configuration and, as `imsi`, the SIM that it was made for.
struct StoredConfig {
  Imsi imsi;
  DeviceConfig config;
};
/// Errors: config-malformed (detail: the member).
[[nodiscard]] result<StoredConfig> parse_stored_config(std::string_view json);
[[nodiscard]] std::string format_stored_config(const Imsi& imsi, const DeviceConfig& config);

}  // namespace firstlight::sim
