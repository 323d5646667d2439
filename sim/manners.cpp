#include "sim/manners.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace firstlight::sim {

CameraConfig with_defects(CameraConfig config) {
  constexpr Micros kTooShort = std::chrono::milliseconds(200);
  constexpr Micros kForEver = std::chrono::hours(24);
  const auto& has = config.defects;
  if (has.has(Defect::no_jitter)) config.retry.jitter = Jitter::none;
  if (has.has(Defect::never_give_up)) config.retry.give_up_after = 0;
  if (has.has(Defect::never_store)) config.keep_store = false;
  if (has.has(Defect::trust_first_clock)) config.clock.sync = ClockModel::Sync::none;
  if (has.has(Defect::no_keepalive)) config.keep_alive_seconds = 0;
  if (has.has(Defect::no_leeway)) config.token_leeway = std::chrono::seconds(0);
  if (has.has(Defect::impatient)) config.limits = {kTooShort, kTooShort, kTooShort, kTooShort, kTooShort};
  if (has.has(Defect::no_timeouts)) config.limits = {kForEver, kForEver, kForEver, kForEver, kForEver};
  if (has.has(Defect::no_ack_timeout)) config.limits.ack = kForEver;
  return config;
}

Row row_taken(const DefectSet& defects, Row row) {
  if (row == Row::http_401 && defects.has(Defect::retry_401_forever)) return Row::http_server;
  if (row == Row::http_403 && defects.has(Defect::short_wait_on_403)) return Row::token;
  if (row == Row::http_client && defects.has(Defect::retry_4xx_forever)) return Row::http_server;
  return row;
}

// -- waits --------------------------------------------------------------------------------------------------------

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

Micros wait_kept(const DefectSet& defects, Micros wait) {
  return defects.has(Defect::no_backoff) ? std::chrono::milliseconds(20) : wait;
}

// -- the configuration --------------------------------------------------------------------------------------------

result<DeviceConfig> read_config(const DefectSet& defects, std::string_view body) {
  auto config = parse_device_config(body);
  if (config) return config;
  const bool is_object = nlohmann::json::parse(body, nullptr, false).is_object();
  if (defects.has(is_object ? Defect::accept_partial_config : Defect::accept_html_config))
    return parse_whatever_is_there(body);
  return config;
}

bool overlooks(const DefectSet& defects, const Error& unusable) {
  switch (unusable.code) {
    case Errc::certificate_key_mismatch:
      return defects.has(Defect::accept_key_mismatch);
    case Errc::certificate_malformed:  // none at all, for one
    case Errc::key_malformed:
      return defects.has(Defect::accept_html_config) || defects.has(Defect::accept_partial_config);
    default:
      return false;
  }
}

// -- URLs ---------------------------------------------------------------------------------------------------------

std::string url_with_token(const DefectSet& defects, const std::string& url, const std::string& token) {
  if (!defects.has(Defect::token_in_url)) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "token=" + token;
}

std::string redirected(const std::string& from, const std::string& location) {
  if (!location.starts_with('/')) return location;
  const auto host = from.find("://");
  if (host == std::string::npos) return location;
  return from.substr(0, from.find('/', host + 3)) + location;
}

}  // namespace firstlight::sim
