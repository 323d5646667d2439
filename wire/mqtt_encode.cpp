#include <stdexcept>

#include "wire/mqtt.hpp"
#include "wire/mqtt_bytes.hpp"
#include "wire/mqtt_properties.hpp"

namespace firstlight::wire::mqtt {

namespace {

std::uint8_t bit(bool value, unsigned position) {
  return static_cast<std::uint8_t>(value ? 1U << position : 0U);
}

/// Writes one packet's body; each overload returns the fixed header's first byte.
class Encoder {
 public:
  explicit Encoder(Version version) : v5_(version == Version::v5) {}

  std::uint8_t operator()(const Connect& p) {
    v5_ = p.version == Version::v5;
    out_.text("MQTT");
    out_.u8(static_cast<std::uint8_t>(p.version));
    out_.u8(connect_flags(p));
    out_.u16(p.keep_alive_seconds);
    properties(p.properties);
    out_.text(p.client_id);
    if (p.will) {
      properties(p.will->properties);
      out_.text(p.will->topic);
      out_.text(p.will->payload);
    }
    if (p.username) out_.text(*p.username);
    if (p.password) out_.text(*p.password);
    return first(PacketType::connect);
  }
  std::uint8_t operator()(const Connack& p) {
    out_.u8(bit(p.session_present, 0));
    out_.u8(p.code);
    properties(p.properties);
    return first(PacketType::connack);
  }
  std::uint8_t operator()(const Publish& p) {
    out_.text(p.topic);
    if (p.qos > 0) out_.u16(p.packet_id);
    properties(p.properties);
    out_.raw(p.payload);
    return first(PacketType::publish, static_cast<std::uint8_t>(bit(p.dup, 3) | (p.qos & 3) << 1 | bit(p.retain, 0)));
  }
  std::uint8_t operator()(const Ack& p) {
    out_.u16(p.packet_id);
    reason(p.reason, p.properties);
    return first(p.type, p.type == PacketType::pubrel ? 2 : 0);
  }
  std::uint8_t operator()(const Subscribe& p) {
    out_.u16(p.packet_id);
    properties(p.properties);
    for (const auto& subscription : p.subscriptions) {
      out_.text(subscription.filter);
      out_.u8(subscription.options);
    }
    return first(PacketType::subscribe, 2);
  }
  std::uint8_t operator()(const Suback& p) {
    out_.u16(p.packet_id);
    properties(p.properties);
    codes(p.codes);
    return first(PacketType::suback);
  }
  std::uint8_t operator()(const Unsubscribe& p) {
    out_.u16(p.packet_id);
    properties(p.properties);
    for (const auto& filter : p.filters) out_.text(filter);
    return first(PacketType::unsubscribe, 2);
  }
  std::uint8_t operator()(const Unsuback& p) {
    out_.u16(p.packet_id);
    properties(p.properties);
    if (v5_) codes(p.codes);
    return first(PacketType::unsuback);
  }
  std::uint8_t operator()(const Pingreq&) { return first(PacketType::pingreq); }
  std::uint8_t operator()(const Pingresp&) { return first(PacketType::pingresp); }
  std::uint8_t operator()(const Disconnect& p) {
    reason(p.reason, p.properties);
    return first(PacketType::disconnect);
  }
  std::uint8_t operator()(const Auth& p) {
    reason(p.reason, p.properties);
    return first(PacketType::auth);
  }

  [[nodiscard]] const std::string& body() const { return out_.bytes(); }

 private:
  static std::uint8_t first(PacketType type, std::uint8_t flags = 0) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags);
  }
  static std::uint8_t connect_flags(const Connect& p) {
    unsigned flags = bit(p.clean_session, 1) | bit(p.password.has_value(), 6) | bit(p.username.has_value(), 7);
    if (p.will) flags |= bit(true, 2) | (p.will->qos & 3U) << 3 | bit(p.will->retain, 5);
    return static_cast<std::uint8_t>(flags);
  }
  void properties(const Properties& p) {
    if (v5_) write_properties(out_, p);
  }
  /// The shortest of the forms that §3.4.2.1 allows.
  void reason(std::uint8_t code, const Properties& p) {
    if (!v5_ || (code == 0 && p.empty())) return;
    out_.u8(code);
    if (!p.empty()) write_properties(out_, p);
  }
  void codes(const std::vector<std::uint8_t>& values) {
    for (const auto code : values) out_.u8(code);
  }

  bool v5_;
  Writer out_;
};

}  // namespace

std::string encode(const Packet& packet, Version version) {
  Encoder encoder(version);
  const auto first = std::visit(encoder, packet);
  const auto& body = encoder.body();
  if (body.size() > kMaxVariableInt) throw std::length_error("an MQTT packet has at most 268435455 bytes");
  Writer out;
  out.u8(first);
  out.variable_int(static_cast<std::uint32_t>(body.size()));
  out.raw(body);
  return out.take();
}

}  // namespace firstlight::wire::mqtt
