// MQTT 3.1.1 (OASIS 2014) and 5.0 (OASIS 2019) control packets: framing, decoding and encoding over bytes. Used by the
// camera, the edge, and tests. The edge forwards frames verbatim where it can, so a decoder also says where its fields
// stand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace firstlight::wire::mqtt {

enum class Version : std::uint8_t { v3_1_1 = 4, v5 = 5 };
enum class PacketType : std::uint8_t {
  connect = 1,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
  auth
};
[[nodiscard]] std::string_view packet_name(PacketType type);  // "CONNECT", …

/// One packet's extent in a buffer.
struct Frame {
  PacketType type;
  std::uint8_t flags;       // low nibble of the first byte
  std::string_view body;    // after the fixed header
  std::size_t total_bytes;  // with the fixed header
};
/// The first whole packet in `bytes`; an empty optional when more bytes are needed. Errors: mqtt-malformed (type 0, bad
/// flags, a remaining length of more than 4 bytes), mqtt-too-large (total over `max_packet`).
[[nodiscard]] result<std::optional<Frame>> next_frame(std::string_view bytes, std::size_t max_packet);

/// MQTT 5 properties, by identifier (§2.2.2.2): integers of any width, text and binary, and user properties in order.
struct Properties {
  std::vector<std::pair<std::uint8_t, std::uint32_t>> integers;
  std::vector<std::pair<std::uint8_t, std::string>> strings;  // UTF-8 and binary
  std::vector<std::pair<std::string, std::string>> user;
  [[nodiscard]] std::optional<std::uint32_t> integer(std::uint8_t id) const;
  void set_integer(std::uint8_t id, std::uint32_t value);
  [[nodiscard]] bool empty() const { return integers.empty() && strings.empty() && user.empty(); }
};
namespace property {
inline constexpr std::uint8_t kSessionExpiry = 0x11, kAssignedClientId = 0x12, kServerKeepAlive = 0x13,
                              kReceiveMaximum = 0x21, kTopicAliasMaximum = 0x22, kTopicAlias = 0x23, kMaximumQos = 0x24,
                              kRetainAvailable = 0x25, kMaximumPacketSize = 0x27, kWildcardAvailable = 0x28,
                              kSubscriptionIdsAvailable = 0x29, kSharedAvailable = 0x2A, kReasonString = 0x1F;
}

struct Will {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
  Properties properties;  // v5
};
struct Connect {
  Version version = Version::v3_1_1;
  std::string client_id;
  bool clean_session = true;  // v5: clean start
  std::uint16_t keep_alive_seconds = 60;
  std::optional<Will> will;
  std::optional<std::string> username;
  std::optional<std::string> password;
  Properties properties;  // v5
};
struct Connack {
  bool session_present = false;
  std::uint8_t code = 0;  // v3.1.1: 0-5; v5: reason code
  Properties properties;
};
struct Publish {
  std::string topic;  // v5: may be empty with a topic alias
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
  bool dup = false;
  std::uint16_t packet_id = 0;  // 0 for QoS 0
  Properties properties;
};
struct Ack {  // PUBACK, PUBREC, PUBREL, PUBCOMP
  PacketType type = PacketType::puback;
  std::uint16_t packet_id = 0;
  std::uint8_t reason = 0;
  Properties properties;
};
struct Subscription {
  std::string filter;
  std::uint8_t options = 0;  // requested QoS in the low two bits; v5 options above
};
struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<Subscription> subscriptions;
  Properties properties;
};
struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<std::uint8_t> codes;  // 0, 1, 2 granted; 0x80 and above refused
  Properties properties;
};
struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string> filters;
  Properties properties;
};
struct Unsuback {
  std::uint16_t packet_id = 0;
  std::vector<std::uint8_t> codes;  // v5 only
  Properties properties;
};
struct Pingreq {};
struct Pingresp {};
struct Disconnect {
  std::uint8_t reason = 0;
  Properties properties;
};
struct Auth {
  std::uint8_t reason = 0;
  Properties properties;
};
using Packet = std::variant<Connect, Connack, Publish, Ack, Subscribe, Suback, Unsubscribe, Unsuback, Pingreq, Pingresp,
                            Disconnect, Auth>;

/// Decodes a frame. CONNECT carries its own version (others than 4 and 5 are mqtt-protocol); for every other packet the
/// session's version decides. Strict: UTF-8 well-formed without U+0000, topic names without wildcards, reserved bits
/// zero, packet ids non-zero, nothing left over, each property at most once and allowed in its packet. Errors:
/// mqtt-malformed (detail: the field), mqtt-protocol.
[[nodiscard]] result<Packet> decode(const Frame& frame, Version version);

[[nodiscard]] std::string encode(const Packet& packet, Version version);

/// Whether the topic filter matches the topic name (§4.7; `$`-topics are not matched by a leading wildcard).
[[nodiscard]] bool filter_matches(std::string_view filter, std::string_view topic);
/// Syntax of a topic filter (§4.7.1); `$share/<name>/<filter>` included.
[[nodiscard]] bool is_valid_filter(std::string_view filter);
[[nodiscard]] bool is_valid_topic(std::string_view topic);  // no wildcard, not empty, UTF-8

/// CONNACK return code or v5 reason code as text: "Not authorized (0x87)".
[[nodiscard]] std::string describe_connack(std::uint8_t code, Version version);

}  // namespace firstlight::wire::mqtt
