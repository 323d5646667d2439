// Every fault point with the effects that can be injected there; `firstlight faults` prints it, the scenario loader
// checks against it. A new effect is one file in fault/effects/.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fault/effect.hpp"

namespace firstlight::fault {

/// Where the lab asks whether something is to be broken. `link` and `tls` stand for one service each; a rule at the
/// bare name covers all four, and each counts its own attempts.
enum class Point : std::uint8_t {
  attach,
  link_endorse,
  link_keys,
  link_config_api,
  link_mqtt,
  tls_endorse,
  tls_keys,
  tls_config_api,
  tls_mqtt,
  endorse_token,
  endorse_http,
  keys_http,
  config_api_http,
  config_api_body,
  config_api_certificate,
  iot_register,
  iot_verify,
  iot_certificate,
  mqtt,
  broker,
  camera,
};
/// The links of the services that cameras connect to, one a service.
inline constexpr std::array kLinks{Point::link_endorse, Point::link_keys, Point::link_config_api, Point::link_mqtt};
inline constexpr std::size_t kPointCount = 21;
[[nodiscard]] std::string_view point_name(Point point);  // "link.mqtt"

/// A name that a scenario may write after `at:`.
struct PointInfo {
  std::string_view name;
  std::vector<Point> points;  // one, or all services'
  std::string_view counts;    // what an attempt is: "connection", "request", …
  std::string_view summary;
  const std::vector<const EffectInfo*>* effects;
  [[nodiscard]] const EffectInfo* find(std::string_view effect) const;
};

/// In the order of a camera's path.
[[nodiscard]] const std::vector<PointInfo>& catalogue();
[[nodiscard]] const PointInfo* find_point(std::string_view name);

}  // namespace firstlight::fault
