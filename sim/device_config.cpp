#include "sim/device_config.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

#include "wire/mqtt.hpp"

namespace firstlight::sim {

namespace {

using Json = nlohmann::json;

enum class Needed : std::uint8_t { yes, no };

// Reads members of one object and remembers the first that is wrong, so that the caller checks once at the end.
class Reader {
 public:
  Reader(const Json& object, std::string path, std::string& wrong)
      : object_(object), path_(std::move(path)), wrong_(wrong) {
    if (!object_.is_object()) fail("");
  }

  std::string text(const char* name) {
    const Json* v = find(name, Needed::yes);
    if (v == nullptr) return {};
    if (v->is_string() && !v->get_ref<const std::string&>().empty()) return v->get<std::string>();
    fail(name);
    return {};
  }
  template <class Int>
  Int number(const char* name, Int at_least, Needed needed = Needed::yes) {
    const Json* v = find(name, needed);
    if (v == nullptr) return at_least;
    const auto n = v->is_number_unsigned() ? v->get<std::uint64_t>() : std::numeric_limits<std::uint64_t>::max();
    if (n >= at_least && n <= std::numeric_limits<Int>::max()) return static_cast<Int>(n);
    fail(name);
    return at_least;
  }
  bool flag(const char* name) {
    const Json* v = find(name, Needed::yes);
    if (v == nullptr) return false;
    if (v->is_boolean()) return v->get<bool>();
    fail(name);
    return false;
  }
  Reader group(const char* name, Needed needed = Needed::yes) {
    static const Json kEmpty = Json::object();
    const Json* v = find(name, needed);
    return {v == nullptr ? kEmpty : *v, path_ + name + ".", wrong_};
  }
  void fail(std::string_view name) {
    if (wrong_.empty()) wrong_ = path_ + std::string(name);
    if (wrong_.empty()) wrong_ = "not an object";
  }

 private:
  const Json* find(const char* name, Needed needed) {
    if (object_.is_object()) {
      const auto at = object_.find(name);
      if (at != object_.end()) return &*at;
    }
    if (needed == Needed::yes) fail(name);
    return nullptr;
  }

  const Json& object_;
  std::string path_;
  std::string& wrong_;
};

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':';
  });
}

}  // namespace

namespace {

DeviceConfig read_members(const Json& doc, std::string& wrong) {
  DeviceConfig c;
  Reader top(doc, "", wrong);
  c.device_id = top.text("device_id");
  auto certificates = top.group("certificates");
  c.certificate_id = certificates.text("certificate_id");
  c.certificate_pem = certificates.text("certificate_pem");
  c.private_key_pem = Secret(certificates.text("private_key_pem"));
  c.ca_certificate_pem = certificates.text("ca_certificate_pem");
  auto mqtt = top.group("mqtt_config");
  c.endpoint = mqtt.text("endpoint");
  if (!is_host(c.endpoint)) mqtt.fail("endpoint");
  c.port = mqtt.number<std::uint16_t>("port", 1);
  c.client_id = mqtt.text("client_id");
  c.keep_alive_seconds = mqtt.number<std::uint16_t>("keep_alive_seconds", 0);
  c.clean_session = mqtt.flag("clean_session");
  auto topics = mqtt.group("topics");
  for (const auto& [name, topic] :
       {std::pair{"command_request", &c.topics.command_request},
        std::pair{"command_response", &c.topics.command_response}, std::pair{"status", &c.topics.status}}) {
    *topic = topics.text(name);
    if (!wire::mqtt::is_valid_topic(*topic)) topics.fail(name);
  }
  c.status_interval_seconds =
      top.group("telemetry", Needed::no).number<std::uint32_t>("status_interval_seconds", 0, Needed::no);
  return c;
}

}  // namespace

result<DeviceConfig> parse_device_config(std::string_view json) {
  const auto doc = Json::parse(json, nullptr, false);
  if (doc.is_discarded()) return Error(Errc::config_malformed, "not JSON");
  std::string wrong;
  auto config = read_members(doc, wrong);
  if (!wrong.empty()) return Error(Errc::config_malformed, wrong);
  return config;
}

DeviceConfig parse_whatever_is_there(std::string_view json) {
  std::string ignored;
  return read_members(Json::parse(json, nullptr, false), ignored);
}

result<StoredConfig> parse_stored_config(std::string_view json) {
  auto config = parse_device_config(json);
  if (!config) return config.error();
  std::string wrong;
  const auto doc = Json::parse(json);
  const auto imsi = Reader(doc, "", wrong).text("imsi");
  if (!wrong.empty()) return Error(Errc::config_malformed, wrong);
  return StoredConfig{Imsi(imsi), std::move(*config)};
}

namespace {

nlohmann::ordered_json document_of(const DeviceConfig& c) {
  return {{"device_id", c.device_id},
          {"certificates",
           {{"certificate_id", c.certificate_id},
            {"certificate_pem", c.certificate_pem},
            {"private_key_pem", c.private_key_pem.reveal()},
            {"ca_certificate_pem", c.ca_certificate_pem}}},
          {"mqtt_config",
           {{"endpoint", c.endpoint},
            {"port", c.port},
            {"client_id", c.client_id},
            {"keep_alive_seconds", c.keep_alive_seconds},
            {"clean_session", c.clean_session},
            {"topics",
             {{"command_request", c.topics.command_request},
              {"command_response", c.topics.command_response},
              {"status", c.topics.status}}}}},
          {"telemetry", {{"status_interval_seconds", c.status_interval_seconds}}}};
}

std::string text_of(const nlohmann::ordered_json& doc) {
  return doc.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string format_device_config(const DeviceConfig& c) {
  return text_of(document_of(c));
}

std::string format_stored_config(const Imsi& imsi, const DeviceConfig& c) {
  auto doc = document_of(c);
  doc["imsi"] = imsi.value();
  return text_of(doc);
}

}  // namespace firstlight::sim
