#include <charconv>

#include "decode/values.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

Json number_json(const Node& node) {
  std::int64_t whole = 0;
  const auto* const end = node.text.data() + node.text.size();
  if (const auto [rest, error] = std::from_chars(node.text.data(), end, whole); error == std::errc{} && rest == end)
    return whole;
  return Json::parse(node.text, nullptr, false);  // "1.5e3"; discarded for what JSON cannot say
}

bool to_json(DecodeContext& context, const Node& node, Json& out) {
  switch (node.kind) {
    case Node::Kind::null:
      out = nullptr;
      return true;
    case Node::Kind::sequence:
      out = Json::array();
      for (const Node* item : node.items)
        if (!to_json(context, *item, out.emplace_back())) return false;
      return true;
    case Node::Kind::map:
      out = Json::object();
      for (const auto& [key, value] : unique_entries(context, node))
        if (!to_json(context, *value, out[key->text])) return false;
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
  return wrong_type(context, node, "a number that JSON can say", "write it in quotes if it is a text");
}

Decoder<ConfigTemplate> config_template_decoder() {
  Decoder<ConfigTemplate> decoder;
  decoder.schema["anyOf"] = {{{"type", "string"}, {"minLength", 1}}, {{"type", "object"}}};
  decoder.read = [path = text_decoder(4096)](DecodeContext& context, const Node& node, ConfigTemplate& out) {
    out.at = context.position(node);
    if (node.kind == Node::Kind::scalar) return path.read(context, node, out.path);
    if (node.kind != Node::Kind::map) return wrong_type(context, node, "the path of a JSON file, or a map");
    Json json;
    const auto before = context.errors().size();
    if (!to_json(context, node, json) || context.errors().size() != before) return false;
    out.json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return true;
  };
  return decoder;
}

struct Certificate {
  std::chrono::seconds lifetime = Lab{}.certificate_lifetime;
  DeviceKeyKind key = Lab{}.certificate_key;
};

Decoder<Lab> certificate_decoder() {
  auto map = map_decoder<Certificate>(
      "certificate",
      {field("lifetime", &Certificate::lifetime, seconds_decoder(), "How long a device certificate is valid.")
           .otherwise("365d"),
       field("key", &Certificate::key,
             words_decoder<DeviceKeyKind>("key kind",
                                          {{"ec-p256", DeviceKeyKind::ec_p256}, {"rsa-2048", DeviceKeyKind::rsa_2048}}),
             "The kind of a device's key.")
           .otherwise("ec-p256")});
  Decoder<Lab> decoder;
  decoder.schema = std::move(map.schema);
  decoder.read = [read = std::move(map.read)](DecodeContext& context, const Node& node, Lab& out) {
    Certificate certificate;
    if (!read(context, node, certificate)) return false;
    out.certificate_lifetime = certificate.lifetime;
    out.certificate_key = certificate.key;
    return true;
  };
  return decoder;
}

Decoder<Lab> lab_clock_decoder() {
  DurationLimits limits;
  limits.may_be_negative = true;
  return map_decoder<Lab>("clock", {field("offset", &Lab::clock_offset, duration_decoder(limits),
                                          "The lab's wall clock minus real time; may be negative.")
                                        .otherwise("0s")});
}

}  // namespace

Decoder<Lab> lab_decoder() {
  return map_decoder<Lab>(
      "lab", {field("token_lifetime", &Lab::token_lifetime, seconds_decoder(), "How long an Endorse token is valid.")
                  .otherwise("10m"),
              field_of_all("certificate", certificate_decoder(), "The device certificates that the lab issues."),
              field("refusal", &Lab::refusal,
                    words_decoder<Refusal>("refusal", {{"tls-alert", Refusal::tls_alert},
                                                       {"close-after-handshake", Refusal::close_after_handshake},
                                                       {"connack", Refusal::connack}}),
                    "How the MQTT edge refuses a certificate.")
                  .otherwise("tls-alert"),
              field("on_expiry", &Lab::on_expiry,
                    words_decoder<OnExpiry>("choice", {{"keep", OnExpiry::keep}, {"disconnect", OnExpiry::disconnect}}),
                    "What the MQTT edge does to a live session whose certificate expires.")
                  .otherwise("keep"),
              field("config_template", &Lab::config_template, config_template_decoder(),
                    "A JSON object (a file's path relative to the scenario, or a map) merged over the built-in device "
                    "configuration."),
              field("strict_sims", &Lab::strict_sims, boolean_decoder(),
                    "true: an address that is no camera of the scenario has no SIM.")
                  .otherwise(false),
              field_of_all("clock", lab_clock_decoder(), "The lab's own time."), later<Lab>("quotas")});
}

}  // namespace firstlight::language
