#include "sim/defects.hpp"

#include <limits>

namespace firstlight::sim {

// -- settings -----------------------------------------------------------------------------------------------------

CameraConfig with_defects(CameraConfig config) {
  constexpr Micros kTooShort = std::chrono::milliseconds(200);
  constexpr Micros kForEver = std::chrono::hours(24);
  const auto& defects = config.defects;
  if (defects.has(Defect::no_jitter)) config.retry.jitter = Jitter::none;
  if (defects.has(Defect::never_give_up)) config.retry.give_up_after = 0;
  if (defects.has(Defect::no_retry)) config.retry.give_up_after = 1;
  if (defects.has(Defect::keep_old_certificate))
    config.retry.refusals_before_discard = std::numeric_limits<std::uint32_t>::max();
  if (defects.has(Defect::never_store)) config.keep_store = false;
  if (defects.has(Defect::trust_first_clock)) config.clock.sync = ClockModel::Sync::none;
  if (defects.has(Defect::no_keepalive)) config.keep_alive_seconds = 0;
  if (defects.has(Defect::no_leeway)) config.token_leeway = std::chrono::seconds(0);
  if (defects.has(Defect::impatient)) config.limits = {kTooShort, kTooShort, kTooShort, kTooShort, kTooShort};
  if (defects.has(Defect::no_timeouts)) config.limits = {kForEver, kForEver, kForEver, kForEver, kForEver};
  if (defects.has(Defect::no_ack_timeout)) config.limits.ack = kForEver;
  return config;
}

// -- rows ---------------------------------------------------------------------------------------------------------

Row row_taken(const DefectSet& defects, Row row) {
  if (row == Row::http_401 && defects.has(Defect::retry_401_forever)) return Row::http_server;
  if (row == Row::http_403 && defects.has(Defect::short_wait_on_403)) return Row::token;
  if (row == Row::http_client && defects.has(Defect::retry_4xx_forever)) return Row::http_server;
  return row;
}

// -- requests -----------------------------------------------------------------------------------------------------

std::string url_with_token(const DefectSet& defects, const std::string& url, const std::string& token) {
  if (!defects.has(Defect::token_in_url)) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "token=" + token;
}

bool follows_redirects(const DefectSet& defects) {
  return defects.has(Defect::follow_redirects);
}

std::string redirected(const std::string& from, const std::string& location) {
  if (!location.starts_with('/')) return location;
  const auto host = from.find("://");
  if (host == std::string::npos) return location;
  return from.substr(0, from.find('/', host + 3)) + location;
}

// -- TLS ----------------------------------------------------------------------------------------------------------

ServerChecks server_checks(const DefectSet& defects) {
  ServerChecks checks;
  if (defects.has(Defect::no_server_name_check)) checks.name = false;
  if (defects.has(Defect::no_chain_check)) checks.chain = false;
  if (defects.has(Defect::ignore_server_expiry)) checks.validity = false;
  return checks;
}

// -- the session --------------------------------------------------------------------------------------------------

std::string client_id(const DefectSet& defects, const std::string& configured) {
  return defects.has(Defect::shared_client_id) ? "camera" : configured;
}

Subscribes subscribes(const DefectSet& defects) {
  if (defects.has(Defect::skip_subscribe)) return Subscribes::never;
  if (defects.has(Defect::publish_before_suback)) return Subscribes::after_status;
  return Subscribes::before_status;
}

bool suback_refuses(const DefectSet& defects, std::uint8_t code) {
  return code >= 0x80 && !defects.has(Defect::ignore_suback);
}

std::uint8_t status_qos(const DefectSet& defects) {
  return defects.has(Defect::qos0_status) ? 0 : 1;
}

// -- secrets ------------------------------------------------------------------------------------------------------

std::vector<std::string> log_of_token(const DefectSet& defects, const Secret& token) {
  if (!defects.has(Defect::logs_token)) return {};
  return {"endorse answered " + token.reveal()};
}

std::vector<std::string> log_of_config(const DefectSet& defects, const DeviceConfig& config) {
  std::vector<std::string> lines{"configured as " + config.device_id};
  if (defects.has(Defect::logs_private_key)) lines.push_back("key: " + config.private_key_pem.reveal());
  return lines;
}

std::unique_ptr<Secret> token_in_status(const DefectSet& defects, const Secret& token) {
  return defects.has(Defect::publishes_token) ? std::make_unique<Secret>(token) : nullptr;
}

}  // namespace firstlight::sim
