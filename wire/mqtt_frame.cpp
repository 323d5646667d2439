#include "wire/mqtt.hpp"

namespace firstlight::wire::mqtt {

namespace {

/// The flags that §2.1.3 prescribes; PUBLISH's are DUP, QoS and RETAIN.
bool flags_allowed(PacketType type, std::uint8_t flags) {
  switch (type) {
    case PacketType::publish: {
      const auto qos = flags >> 1 & 3;
      const bool dup = (flags & 8) != 0;
      return qos != 3 && !(dup && qos == 0);  // [MQTT-3.3.1-2], [MQTT-3.3.1-4]
    }
    case PacketType::pubrel:
    case PacketType::subscribe:
    case PacketType::unsubscribe:
      return flags == 2;
    default:
      return flags == 0;
  }
}

}  // namespace

std::string_view packet_name(PacketType type) {
  static constexpr std::string_view kNames[] = {"CONNECT",  "CONNACK", "PUBLISH",   "PUBACK",     "PUBREC",
                                                "PUBREL",   "PUBCOMP", "SUBSCRIBE", "SUBACK",     "UNSUBSCRIBE",
                                                "UNSUBACK", "PINGREQ", "PINGRESP",  "DISCONNECT", "AUTH"};
  const auto index = static_cast<std::size_t>(type) - 1;
  return index < std::size(kNames) ? kNames[index] : "unknown";
}

result<std::optional<Frame>> next_frame(std::string_view bytes, std::size_t max_packet) {
  using Found = std::optional<Frame>;
  if (bytes.empty()) return Found{};
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto type = static_cast<PacketType>(first >> 4);
  const auto flags = static_cast<std::uint8_t>(first & 15);
  if (first >> 4 == 0) return Error(Errc::mqtt_malformed, "packet type 0");
  if (!flags_allowed(type, flags)) return Error(Errc::mqtt_malformed, "flags of " + std::string(packet_name(type)));
  std::size_t length = 0;
  std::size_t header = 1;
  for (unsigned shift = 0;; shift += 7) {
    if (shift == 28) return Error(Errc::mqtt_malformed, "remaining length");
    if (header == bytes.size()) return Found{};
    const auto byte = static_cast<std::uint8_t>(bytes[header++]);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const auto total = header + length;
  if (total > max_packet) return Error(Errc::mqtt_too_large, std::string(packet_name(type)));
  if (bytes.size() < total) return Found{};
  return Found{Frame{type, flags, bytes.substr(header, length), total}};
}

}  // namespace firstlight::wire::mqtt
