#include "fakes/config_api/document.hpp"

#include "wire/strict_json.hpp"

namespace firstlight::fakes::config_api {

using nlohmann::ordered_json;

namespace {

// The inner members are this project's own: the API's public description names the groups alone.
constexpr std::string_view kTemplate = R"json({
  "device_id": "",
  "certificates": {},
  "mqtt_config": {
    "endpoint": "",
    "port": 0,
    "client_id": "",
    "keep_alive_seconds": 60,
    "clean_session": true,
    "topics": {}
  },
  "kvs_config": {
    "region": "ap-northeast-1",
    "stream_name": "soracam-{device_id}",
    "data_retention_hours": 24,
    "fragment_duration_ms": 2000,
    "credential_endpoint": "https://credentials.iot.ap-northeast-1.amazonaws.com",
    "role_alias": "soracam-camera"
  },
  "webrtc_config": {
    "region": "ap-northeast-1",
    "signaling_channel": "soracam-{device_id}",
    "role": "MASTER",
    "stun_servers": ["stun:stun.kinesisvideo.ap-northeast-1.amazonaws.com:443"],
    "turn": "from_signaling_channel",
    "max_viewers": 3
  },
  "recording": {
    "mode": "event",
    "segment_seconds": 60,
    "pre_event_seconds": 5,
    "post_event_seconds": 30,
    "local_storage": {"enabled": true, "max_megabytes": 8192, "overwrite_oldest": true}
  },
  "streaming": {
    "video": {
      "codec": "h264",
      "width": 1920,
      "height": 1080,
      "frames_per_second": 15,
      "bitrate_kbps": 1024,
      "keyframe_interval_seconds": 2
    },
    "audio": {"enabled": true, "codec": "opus", "sample_rate_hz": 16000, "bitrate_kbps": 24}
  },
  "telemetry": {
    "status_interval_seconds": 300,
    "metrics_interval_seconds": 900,
    "log_level": "info"
  },
  "network": {
    "apn": "soracom.io",
    "ip_version": "ipv4",
    "tcp_keepalive_seconds": 240,
    "ntp_servers": ["ntp.soracom.io"],
    "dns_servers": ["100.127.0.53", "100.127.1.53"]
  }
})json";

/// Replaces `{device_id}` in every string below `value`; depth is bounded by merge_over.
void substitute(ordered_json& value, const std::string& device_id) {
  constexpr std::string_view kPlaceholder = "{device_id}";
  if (value.is_structured()) {
    for (auto& item : value) substitute(item, device_id);
  } else if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    for (auto at = text.find(kPlaceholder); at != std::string::npos;
         at = text.find(kPlaceholder, at + device_id.size()))
      text.replace(at, kPlaceholder.size(), device_id);
  }
}

/// The member as an object, whatever a template made of it.
ordered_json& group(ordered_json& document, const char* name) {
  auto& member = document[name];
  if (!member.is_object()) member = ordered_json::object();
  return member;
}

}  // namespace

const ordered_json& default_template() {
  static const auto kParsed = ordered_json::parse(kTemplate);
  return kParsed;
}

result<ordered_json> merge_over(ordered_json base, std::string_view patch) {
  using boost::system::in_place_value;
  if (patch.empty()) return {in_place_value, std::move(base)};
  const auto parsed = wire::parse_strict_object(patch);
  if (!parsed)
    return Error(Errc::invalid_argument, "the configuration is not a JSON object, or repeats or nests too much");
  base.merge_patch(*parsed);
  return {in_place_value, std::move(base)};
}

ordered_json fill_document(ordered_json merged, const DeviceFacts& facts) {
  const auto& id = facts.device_id.value();
  substitute(merged, id);
  merged["device_id"] = id;

  auto certificates = ordered_json::object();
  certificates["certificate_id"] = facts.certificate_id.value();
  certificates["certificate_pem"] = facts.certificate_pem;
  certificates["private_key_pem"] = facts.private_key_pem;
  certificates["ca_certificate_pem"] = facts.ca_certificate_pem;
  certificates["not_before"] = format_rfc3339(facts.not_before);
  certificates["not_after"] = format_rfc3339(facts.not_after);
  merged["certificates"] = std::move(certificates);

  auto& mqtt = group(merged, "mqtt_config");
  // NOLINTNEXTLINE(readability-container-size-empty): empty() of JSON text is false, whatever the text
  if (!mqtt.contains("endpoint") || mqtt["endpoint"] == "") mqtt["endpoint"] = facts.mqtt_endpoint;
  if (!mqtt.contains("port") || mqtt["port"] == 0) mqtt["port"] = facts.mqtt_port;
  mqtt["client_id"] = id;
  auto topics = ordered_json::object();
  topics["command_request"] = "cmd/v1/" + id + "/req";
  topics["command_response"] = "cmd/v1/" + id + "/res";
  topics["status"] = "dt/v1/" + id + "/status";
  mqtt["topics"] = std::move(topics);
  return merged;
}

}  // namespace firstlight::fakes::config_api
