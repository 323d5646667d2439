#include "fault/catalogue.hpp"

#include "fault/effects.hpp"

namespace firstlight::fault {

std::string_view point_name(Point point) {
  static constexpr std::array<std::string_view, kPointCount> kNames{"attach",
                                                                    "link.endorse",
                                                                    "link.keys",
                                                                    "link.config_api",
                                                                    "link.mqtt",
                                                                    "tls.endorse",
                                                                    "tls.keys",
                                                                    "tls.config_api",
                                                                    "tls.mqtt",
                                                                    "endorse.token",
                                                                    "endorse.http",
                                                                    "keys.http",
                                                                    "config_api.http",
                                                                    "config_api.body",
                                                                    "config_api.certificate",
                                                                    "iot.register",
                                                                    "iot.verify",
                                                                    "iot.certificate",
                                                                    "mqtt",
                                                                    "broker",
                                                                    "camera"};
  return kNames[static_cast<std::size_t>(point)];
}

const EffectInfo* PointInfo::find(std::string_view effect) const {
  for (const auto* e : *effects)
    if (e->name == effect) return e;
  return nullptr;
}

const std::vector<PointInfo>& catalogue() {
  using enum Point;
  constexpr std::string_view kLink = "Connections as they reach the lab, before TLS.";
  constexpr std::string_view kTls = "TLS handshakes, from the server's side.";
  constexpr std::string_view kHttp = "Requests and their answers.";
  static const std::vector<PointInfo> all{
      {"attach",
       {attach},
       "attach",
       "The mobile network's answer (modelled; simulated cameras only).",
       &effects_in("attach")},
      {"link",
       {link_endorse, link_keys, link_config_api, link_mqtt},
       "connection to each service",
       kLink,
       &effects_in("link")},
      {"link.endorse", {link_endorse}, "connection", kLink, &effects_in("link")},
      {"link.keys", {link_keys}, "connection", kLink, &effects_in("link")},
      {"link.config_api", {link_config_api}, "connection", kLink, &effects_in("link")},
      {"link.mqtt", {link_mqtt}, "connection", kLink, &effects_in("link")},
      {"tls",
       {tls_endorse, tls_keys, tls_config_api, tls_mqtt},
       "connection to each service",
       kTls,
       &effects_in("tls")},
      {"tls.endorse", {tls_endorse}, "connection", kTls, &effects_in("tls")},
      {"tls.keys", {tls_keys}, "connection", kTls, &effects_in("tls")},
      {"tls.config_api", {tls_config_api}, "connection", kTls, &effects_in("tls")},
      {"tls.mqtt", {tls_mqtt}, "connection", kTls, &effects_in("tls")},
      {"endorse.token", {endorse_token}, "token", "What Endorse puts into a token.", &effects_in("endorse_token")},
      {"endorse.http", {endorse_http}, "request", kHttp, &effects_in("http")},
      {"keys.http", {keys_http}, "request", kHttp, &effects_in("http")},
      {"config_api.http", {config_api_http}, "request", kHttp, &effects_in("http")},
      {"config_api.body",
       {config_api_body},
       "configuration",
       "The configuration's document.",
       &effects_in("config_api_body")},
      {"config_api.certificate",
       {config_api_certificate},
       "issue",
       "The device certificate, as it is issued.",
       &effects_in("config_api_certificate")},
      {"iot.register",
       {iot_register},
       "registration",
       "The certificate's registration with AWS IoT.",
       &effects_in("iot_register")},
      {"iot.verify", {iot_verify}, "check", "The edge's check of a certificate.", &effects_in("iot_verify")},
      {"iot.certificate",
       {iot_certificate},
       "issue",
       "What becomes of a registered certificate.",
       &effects_in("iot_certificate")},
      {"mqtt", {mqtt}, "connection", "MQTT sessions.", &effects_in("mqtt")},
      {"broker", {broker}, "moment", "Mosquitto itself; for all cameras.", &effects_in("broker")},
      {"camera", {camera}, "boot", "The camera itself (simulated cameras only).", &effects_in("camera")},
  };
  return all;
}

const PointInfo* find_point(std::string_view name) {
  for (const auto& point : catalogue())
    if (point.name == name) return &point;
  return nullptr;
}

}  // namespace firstlight::fault
