// The configuration that a device is given (docs/api/provisioning-api.yaml): the built-in template, the site's template
// and the device's own settings merged, then what only the server knows. Pure; called by the config API's server.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace firstlight::fakes::config_api {

/// The built-in template: all nine groups but `certificates`, which the server fills. Strings may hold `{device_id}`.
[[nodiscard]] const nlohmann::ordered_json& default_template();

/// `patch` (JSON text, an object; empty text: nothing) merged over `base` by RFC 7396: null removes a member, anything
/// but an object replaces. Members keep the base's order, new ones follow. Errors: invalid-argument (not an object, or
/// repeats a member, or nests deeper than 16).
[[nodiscard]] result<nlohmann::ordered_json> merge_over(nlohmann::ordered_json base, std::string_view patch);

struct DeviceFacts {
  DeviceId device_id;
  CertificateId certificate_id;
  std::string_view certificate_pem;
  std::string_view private_key_pem;
  std::string_view ca_certificate_pem;
  WallTime not_before, not_after;
  std::string_view mqtt_endpoint;
  unsigned short mqtt_port = 0;
};

/// Fills `merged` for one device. Always the server's: device_id, certificates, mqtt_config's client_id and topics;
/// endpoint and port where the template names none. `{device_id}` is replaced in every string.
[[nodiscard]] nlohmann::ordered_json fill_document(nlohmann::ordered_json merged, const DeviceFacts& facts);

}  // namespace firstlight::fakes::config_api
