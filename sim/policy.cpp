#include "sim/policy.hpp"

namespace firstlight::sim {

using journal::Stage;

namespace {

constexpr std::array<std::string_view, kRowCount> kRowIds = {
    "attach-rejected", "attach-barred", "transport",    "untrusted",   "answer",    "http-401",
    "http-403",        "http-busy",     "http-4xx",     "http-5xx",    "token",     "config",
    "store-load",      "store-save",    "mqtt-refused", "mqtt-failed", "mqtt-lost", "detached",
};

Row classify_status(Stage stage, unsigned status) {
  // A key that the key service denies is not known: S3 answers 403 for an object that an unlistable bucket lacks.
  if (stage == Stage::verify && status >= 400 && status < 500 && status != 429) return Row::token;
  if (status == 401) return stage == Stage::config ? Row::http_401 : Row::http_403;
  if (status == 403) return Row::http_403;
  if (status == 429 || status == 503) return Row::http_busy;
  if (status >= 400 && status < 500) return Row::http_client;
  return Row::http_server;
}

// The broker is well but has no room: retry elsewhere or later; the camera's identity is not in doubt.
bool is_temporary_refusal(std::uint8_t code, wire::mqtt::Version version) {
  if (version == wire::mqtt::Version::v3_1_1) return code == 3;  // server unavailable
  switch (code) {
    case 0x88:  // server unavailable
    case 0x89:  // server busy
    case 0x97:  // quota exceeded
    case 0x9C:  // use another server
    case 0x9D:  // server moved
    case 0x9F:  // connection rate exceeded
      return true;
    default:
      return false;
  }
}

Row classify_mqtt(const Failure& f, wire::mqtt::Version version) {
  if (f.mqtt_code && is_temporary_refusal(*f.mqtt_code, version)) return Row::mqtt_failed;
  switch (f.error.code) {
    case Errc::tls_peer_untrusted:
      return Row::untrusted;
    case Errc::mqtt_refused:
    case Errc::mqtt_subscribe_refused:
    case Errc::mqtt_publish_refused:
    case Errc::mqtt_not_authorized:
    case Errc::tls_alert:
      return Row::mqtt_refused;
    case Errc::connection_closed:
    case Errc::connection_reset:
      // A broker that refuses a certificate may just close after the handshake, without a CONNACK.
      return f.stage == Stage::mqtt_connect && f.tls_done ? Row::mqtt_refused : Row::mqtt_failed;
    default:
      return Row::mqtt_failed;
  }
}

bool is_transport(Errc code) {
  switch (code) {
    case Errc::http_malformed:
    case Errc::http_too_large:
    case Errc::token_malformed:  // an Endorse answer without a token
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string_view row_id(Row row) {
  return kRowIds[static_cast<std::size_t>(row)];
}

Row classify(const Failure& f, wire::mqtt::Version version) {
  if (f.error.code == Errc::http_status) return classify_status(f.stage, f.http_status);
  if (f.error.code == Errc::tls_peer_untrusted) return Row::untrusted;
  if (f.error.code == Errc::network_detached) return Row::detached;
  switch (f.stage) {
    case Stage::attach:
      return f.error.code == Errc::attach_barred ? Row::attach_barred : Row::attach_rejected;
    case Stage::store:
      return Row::store_save;
    case Stage::mqtt_connect:
    case Stage::subscribe:
    case Stage::status:
      return classify_mqtt(f, version);
    case Stage::endorse:
    case Stage::verify:
    case Stage::config:
      break;
  }
  if (f.error.code == Errc::config_malformed || f.error.code == Errc::config_unusable) return Row::config;
  if (f.stage == Stage::verify) {
    const auto name = error_name(f.error.code);
    if (name.starts_with("token-") || f.error.code == Errc::key_malformed) return Row::token;
  }
  return is_transport(f.error.code) ? Row::transport : Row::answer;
}

}  // namespace firstlight::sim
