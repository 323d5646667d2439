#include "wire/mqtt_properties.hpp"

#include <bitset>
#include <stdexcept>

namespace firstlight::wire::mqtt {

namespace {

enum class Kind : std::uint8_t { flag, two_bytes, four_bytes, variable, text, binary, pair };

constexpr std::uint16_t in(std::initializer_list<PropertyPlace> places) {
  unsigned mask = 0;
  for (const auto place : places) mask |= 1U << static_cast<unsigned>(place);
  return static_cast<std::uint16_t>(mask);
}

using P = PropertyPlace;
constexpr std::uint16_t kEverywhere = 0x3fff;
constexpr std::uint16_t kAnswers =
    in({P::connack, P::puback, P::pubrec, P::pubrel, P::pubcomp, P::suback, P::unsuback, P::disconnect, P::auth});

struct Rule {
  std::uint8_t id;
  Kind kind;
  std::uint16_t places;
  const char* name;
  bool zero_allowed = true;
};

constexpr std::uint8_t kSubscriptionId = 0x0B, kResponseTopic = 0x08, kAuthMethod = 0x15, kAuthData = 0x16,
                       kUserProperty = 0x26;

constexpr Rule kRules[] = {
    // §2.2.2.2, table 2-4
    {0x01, Kind::flag, in({P::publish, P::will}), "payload format indicator"},
    {0x02, Kind::four_bytes, in({P::publish, P::will}), "message expiry interval"},
    {0x03, Kind::text, in({P::publish, P::will}), "content type"},
    {kResponseTopic, Kind::text, in({P::publish, P::will}), "response topic"},
    {0x09, Kind::binary, in({P::publish, P::will}), "correlation data"},
    {kSubscriptionId, Kind::variable, in({P::publish, P::subscribe}), "subscription identifier", false},
    {0x11, Kind::four_bytes, in({P::connect, P::connack, P::disconnect}), "session expiry interval"},
    {0x12, Kind::text, in({P::connack}), "assigned client identifier"},
    {0x13, Kind::two_bytes, in({P::connack}), "server keep alive"},
    {kAuthMethod, Kind::text, in({P::connect, P::connack, P::auth}), "authentication method"},
    {kAuthData, Kind::binary, in({P::connect, P::connack, P::auth}), "authentication data"},
    {0x17, Kind::flag, in({P::connect}), "request problem information"},
    {0x18, Kind::four_bytes, in({P::will}), "will delay interval"},
    {0x19, Kind::flag, in({P::connect}), "request response information"},
    {0x1A, Kind::text, in({P::connack}), "response information"},
    {0x1C, Kind::text, in({P::connack, P::disconnect}), "server reference"},
    {0x1F, Kind::text, kAnswers, "reason string"},
    {0x21, Kind::two_bytes, in({P::connect, P::connack}), "receive maximum", false},
    {0x22, Kind::two_bytes, in({P::connect, P::connack}), "topic alias maximum"},
    {0x23, Kind::two_bytes, in({P::publish}), "topic alias"},  // 0 breaks the protocol; the receiver answers 0x94
    {0x24, Kind::flag, in({P::connack}), "maximum QoS"},
    {0x25, Kind::flag, in({P::connack}), "retain available"},
    {kUserProperty, Kind::pair, kEverywhere, "user property"},
    {0x27, Kind::four_bytes, in({P::connect, P::connack}), "maximum packet size", false},
    {0x28, Kind::flag, in({P::connack}), "wildcard subscription available"},
    {0x29, Kind::flag, in({P::connack}), "subscription identifiers available"},
    {0x2A, Kind::flag, in({P::connack}), "shared subscription available"},
};

const Rule* find_rule(std::uint32_t id) {
  for (const auto& rule : kRules)
    if (rule.id == id) return &rule;
  return nullptr;
}

std::uint32_t read_integer(Reader& reader, const Rule& rule) {
  switch (rule.kind) {
    case Kind::flag:
      return reader.u8(rule.name);
    case Kind::two_bytes:
      return reader.u16(rule.name);
    case Kind::four_bytes:
      return reader.u32(rule.name);
    default:
      return reader.variable_int(rule.name);
  }
}

void read_value(Reader& reader, const Rule& rule, Properties& out) {
  switch (rule.kind) {
    case Kind::pair: {
      auto name = reader.text(rule.name);
      auto value = reader.text(rule.name);
      out.user.emplace_back(std::move(name), std::move(value));
      return;
    }
    case Kind::text: {
      auto value = reader.text(rule.name);
      if (rule.id == kResponseTopic && !reader.failed() && !is_valid_topic(value)) reader.fail_protocol(rule.name);
      out.strings.emplace_back(rule.id, std::move(value));
      return;
    }
    case Kind::binary:
      out.strings.emplace_back(rule.id, reader.binary(rule.name));
      return;
    default: {
      const auto value = read_integer(reader, rule);
      if (!reader.failed() && ((rule.kind == Kind::flag && value > 1) || (!rule.zero_allowed && value == 0)))
        reader.fail_protocol(rule.name);
      out.integers.emplace_back(rule.id, value);
    }
  }
}

bool may_repeat(std::uint8_t id, PropertyPlace place) {
  // A PUBLISH that matches several subscriptions carries the identifier of each (§3.3.2.3.8).
  return id == kUserProperty || (id == kSubscriptionId && place == PropertyPlace::publish);
}

void write_integer(Writer& writer, const Rule& rule, std::uint32_t value) {
  const auto narrow = [&](std::uint32_t limit) {
    if (value > limit) throw std::length_error(rule.name);
    return value;
  };
  switch (rule.kind) {
    case Kind::flag:
      return writer.u8(static_cast<std::uint8_t>(narrow(0xff)));
    case Kind::two_bytes:
      return writer.u16(static_cast<std::uint16_t>(narrow(0xffff)));
    case Kind::four_bytes:
      return writer.u32(value);
    default:
      return writer.variable_int(value);
  }
}

const Rule& rule_of(std::uint8_t id) {
  const auto* rule = find_rule(id);
  if (rule == nullptr) throw std::length_error("no such MQTT property");
  return *rule;
}

}  // namespace

std::optional<std::uint32_t> Properties::integer(std::uint8_t id) const {
  for (const auto& [key, value] : integers)
    if (key == id) return value;
  return {};
}

void Properties::set_integer(std::uint8_t id, std::uint32_t value) {
  for (auto& [key, old] : integers)
    if (key == id) {
      old = value;
      return;
    }
  integers.emplace_back(id, value);
}

Properties read_properties(Reader& reader, PropertyPlace place) {
  Properties properties;
  const auto length = reader.variable_int("property length");
  Reader section(reader.bytes(length, "property length"));
  if (reader.failed()) return properties;
  std::bitset<256> seen;
  while (!section.at_end() && !section.failed()) {
    const auto* rule = find_rule(section.variable_int("property identifier"));
    if (rule == nullptr || (rule->places & in({place})) == 0) {
      section.fail(rule == nullptr ? "property identifier" : rule->name);
      break;
    }
    if (seen.test(rule->id) && !may_repeat(rule->id, place)) section.fail_protocol(rule->name);
    seen.set(rule->id);
    read_value(section, *rule, properties);
  }
  if (!section.failed() && seen.test(kAuthData) && !seen.test(kAuthMethod))
    section.fail_protocol("authentication data without a method");
  if (section.failed()) reader.fail(section.error());
  return properties;
}

void write_properties(Writer& writer, const Properties& properties) {
  Writer section;
  for (const auto& [id, value] : properties.integers) {
    section.variable_int(id);
    write_integer(section, rule_of(id), value);
  }
  for (const auto& [id, value] : properties.strings) {
    section.variable_int(rule_of(id).id);
    section.text(value);
  }
  for (const auto& [name, value] : properties.user) {
    section.variable_int(kUserProperty);
    section.text(name);
    section.text(value);
  }
  writer.variable_int(static_cast<std::uint32_t>(section.bytes().size()));
  writer.raw(section.bytes());
}

}  // namespace firstlight::wire::mqtt
