#include <charconv>

#include "harness/scenario/language.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

Json number_json(const Node& node) {
  std::int64_t whole = 0;
  const auto* const end = node.text.data() + node.text.size();
  if (const auto [rest, error] = std::from_chars(node.text.data(), end, whole); error == std::errc{} && rest == end)
    return whole;
  return Json::parse(node.text, nullptr, false);  // "1.5e3"; discarded for what JSON cannot say
}

bool to_json(Reading& reading, const Node& node, Json& out) {
  switch (node.kind) {
    case Node::Kind::null:
      out = nullptr;
      return true;
    case Node::Kind::sequence:
      out = Json::array();
      for (const Node* item : node.items)
        if (!to_json(reading, *item, out.emplace_back())) return false;
      return true;
    case Node::Kind::map:
      out = Json::object();
      for (const auto& [key, value] : unique_entries(reading, node))
        if (!to_json(reading, *value, out[key->text])) return false;
      return true;
    case Node::Kind::scalar:
      break;
  }
  const auto kind = scalar_kind(node);
  if (kind == ScalarKind::text)
    out = node.text;
  else if (kind == ScalarKind::boolean)
    out = node.text[0] == 't' || node.text[0] == 'T';
  else
    out = number_json(node);
  if (!out.is_discarded()) return true;
  return wrong_type(reading, node, "a number that JSON can say", "write it in quotes if it is a text");
}

Form<ConfigTemplate> config_template_form() {
  Form<ConfigTemplate> form;
  form.schema["anyOf"] = {{{"type", "string"}, {"minLength", 1}}, {{"type", "object"}}};
  form.read = [path = text_form(4096)](Reading& reading, const Node& node, ConfigTemplate& out) {
    out.at = reading.position(node);
    if (node.kind == Node::Kind::scalar) return path.read(reading, node, out.path);
    if (node.kind != Node::Kind::map) return wrong_type(reading, node, "the path of a JSON file, or a map");
    Json json;
    const auto before = reading.mistakes().size();
    if (!to_json(reading, node, json) || reading.mistakes().size() != before) return false;
    out.json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return true;
  };
  return form;
}

struct Certificate {
  std::chrono::seconds lifetime = Lab{}.certificate_lifetime;
  DeviceKeyKind key = Lab{}.certificate_key;
};

Form<Lab> certificate_form() {
  auto map = map_form<Certificate>(
      "certificate",
      {field("lifetime", &Certificate::lifetime, seconds_form(), "How long a device certificate is valid.")
           .otherwise("365d"),
       field("key", &Certificate::key,
             words_form<DeviceKeyKind>("key kind",
                                       {{"ec-p256", DeviceKeyKind::ec_p256}, {"rsa-2048", DeviceKeyKind::rsa_2048}}),
             "The kind of a device's key.")
           .otherwise("ec-p256")});
  Form<Lab> form;
  form.schema = std::move(map.schema);
  form.read = [read = std::move(map.read)](Reading& reading, const Node& node, Lab& out) {
    Certificate certificate;
    if (!read(reading, node, certificate)) return false;
    out.certificate_lifetime = certificate.lifetime;
    out.certificate_key = certificate.key;
    return true;
  };
  return form;
}

Form<Lab> lab_clock_form() {
  DurationLimits limits;
  limits.may_be_negative = true;
  return map_form<Lab>("clock", {field("offset", &Lab::clock_offset, duration_form(limits),
                                       "The lab's wall clock minus real time; may be negative.")
                                     .otherwise("0s")});
}

}  // namespace

Form<Lab> lab_form() {
  return map_form<Lab>(
      "lab", {field("token_lifetime", &Lab::token_lifetime, seconds_form(), "How long an Endorse token is valid.")
                  .otherwise("10m"),
              field_of_all("certificate", certificate_form(), "The device certificates that the lab issues."),
              field("refusal", &Lab::refusal,
                    words_form<Refusal>("refusal", {{"tls-alert", Refusal::tls_alert},
                                                    {"close-after-handshake", Refusal::close_after_handshake},
                                                    {"connack", Refusal::connack}}),
                    "How the MQTT edge refuses a certificate.")
                  .otherwise("tls-alert"),
              field("on_expiry", &Lab::on_expiry,
                    words_form<OnExpiry>("choice", {{"keep", OnExpiry::keep}, {"disconnect", OnExpiry::disconnect}}),
                    "What the MQTT edge does to a live session whose certificate expires.")
                  .otherwise("keep"),
              field("config_template", &Lab::config_template, config_template_form(),
                    "A JSON object (a file's path relative to the scenario, or a map) merged over the built-in device "
                    "configuration."),
              field("strict_sims", &Lab::strict_sims, boolean_form(),
                    "true: an address that is no camera of the scenario has no SIM.")
                  .otherwise(false),
              field_of_all("clock", lab_clock_form(), "The lab's own time."), later<Lab>("quotas")});
}

}  // namespace firstlight::harness
