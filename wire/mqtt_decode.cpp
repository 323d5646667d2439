#include "wire/mqtt.hpp"
#include "wire/mqtt_bytes.hpp"
#include "wire/mqtt_properties.hpp"

namespace firstlight::wire::mqtt {

namespace {

struct Source {  // one frame, half read
  Reader reader;
  Version version;
  std::uint8_t flags;
  PacketType type;

  [[nodiscard]] bool v5() const { return version == Version::v5; }
  Properties properties(PropertyPlace place) { return v5() ? read_properties(reader, place) : Properties{}; }
};

std::string read_topic(Reader& reader, const char* field) {
  auto topic = reader.text(field);
  if (!reader.failed() && !is_valid_topic(topic)) reader.fail(field);
  return topic;
}

std::string read_filter(Reader& reader) {
  auto filter = reader.text("topic filter");
  if (!reader.failed() && !is_valid_filter(filter)) reader.fail("topic filter");
  return filter;
}

/// Protocol name and level; false when the rest cannot be read.
bool read_protocol(Source& in) {
  const auto name = in.reader.text("protocol name");
  const auto level = in.reader.u8("protocol level");
  if (in.reader.failed()) return false;
  if (name != "MQTT" || (level != 4 && level != 5)) {
    in.reader.fail_protocol("protocol name or level");
    return false;
  }
  in.version = static_cast<Version>(level);
  return true;
}

struct ConnectFlags {
  bool clean, will, will_retain, password, username;
  std::uint8_t will_qos;
};

ConnectFlags read_connect_flags(Source& in) {
  const auto bits = in.reader.u8("connect flags");
  const ConnectFlags flags{(bits & 2) != 0,    (bits & 4) != 0,    (bits & 0x20) != 0,
                           (bits & 0x40) != 0, (bits & 0x80) != 0, static_cast<std::uint8_t>(bits >> 3 & 3)};
  if ((bits & 1) != 0) in.reader.fail("connect flags: the reserved bit");  // [MQTT-3.1.2-3]
  if (!flags.will && (bits & 0x38) != 0)
    in.reader.fail("connect flags: a will's bits, but no will");  // [-3.1.2-13, -15]
  if (flags.will_qos == 3) in.reader.fail("connect flags: will QoS");
  if (!in.v5() && flags.password && !flags.username)
    in.reader.fail("connect flags: a password without a user name");  // [MQTT-3.1.2-22] of 3.1.1
  return flags;
}

Packet read_connect(Source& in) {
  Connect connect;
  if (!read_protocol(in)) return connect;
  connect.version = in.version;
  const auto flags = read_connect_flags(in);
  connect.clean_session = flags.clean;
  connect.keep_alive_seconds = in.reader.u16("keep alive");
  connect.properties = in.properties(PropertyPlace::connect);
  connect.client_id = in.reader.text("client id");
  if (flags.will) {
    Will will;
    will.qos = flags.will_qos;
    will.retain = flags.will_retain;
    will.properties = in.properties(PropertyPlace::will);
    will.topic = read_topic(in.reader, "will topic");
    will.payload = in.reader.binary("will payload");
    connect.will = std::move(will);
  }
  if (flags.username) connect.username = in.reader.text("user name");
  if (flags.password) connect.password = in.reader.binary("password");
  return connect;
}

Packet read_connack(Source& in) {
  Connack connack;
  const auto acknowledge = in.reader.u8("connect acknowledge flags");
  if (acknowledge > 1) in.reader.fail("connect acknowledge flags");
  connack.session_present = acknowledge == 1;
  connack.code = in.reader.u8("return code");
  if (!in.v5() && connack.code > 5) in.reader.fail("return code");
  if (connack.session_present && connack.code != 0) in.reader.fail_protocol("a session with a refusal");  // [-3.2.2-4]
  connack.properties = in.properties(PropertyPlace::connack);
  return connack;
}

Packet read_publish(Source& in) {
  Publish publish;
  publish.dup = (in.flags & 8) != 0;
  publish.qos = static_cast<std::uint8_t>(in.flags >> 1 & 3);
  publish.retain = (in.flags & 1) != 0;
  publish.topic = in.reader.text("topic");
  if (publish.qos > 0) publish.packet_id = in.reader.packet_id();
  publish.properties = in.properties(PropertyPlace::publish);
  if (in.reader.failed()) return publish;
  if (publish.topic.empty() && in.v5()) {
    if (!publish.properties.integer(property::kTopicAlias)) in.reader.fail_protocol("neither a topic nor an alias");
  } else if (!is_valid_topic(publish.topic)) {
    in.reader.fail("topic");
  }
  publish.payload = in.reader.take_rest();
  return publish;
}

PropertyPlace ack_place(PacketType type) {
  switch (type) {
    case PacketType::pubrec:
      return PropertyPlace::pubrec;
    case PacketType::pubrel:
      return PropertyPlace::pubrel;
    case PacketType::pubcomp:
      return PropertyPlace::pubcomp;
    default:
      return PropertyPlace::puback;
  }
}

/// Reason code and properties, each of which version 5 lets a sender leave off (§3.4.2.1, §3.14.2.1, §3.15.2.1).
template <class Message>
void read_reason(Source& in, PropertyPlace place, Message& out) {
  if (!in.v5() || in.reader.at_end()) return;
  out.reason = in.reader.u8("reason code");
  if (!in.reader.at_end()) out.properties = read_properties(in.reader, place);
}

Packet read_ack(Source& in) {
  Ack ack;
  ack.type = in.type;
  ack.packet_id = in.reader.packet_id();
  read_reason(in, ack_place(in.type), ack);
  return ack;
}

void check_options(Source& in, const Subscription& subscription) {
  const unsigned options = subscription.options;
  const bool v5_reserved = (options & 0xc0) != 0 || (options >> 4 & 3) == 3;
  if ((options & 3) == 3 || (in.v5() ? v5_reserved : options > 2)) in.reader.fail("subscription options");
  if ((options & 4) != 0 && subscription.filter.starts_with("$share/"))
    in.reader.fail_protocol("no-local on a shared subscription");  // [MQTT-3.8.3-4]
}

Packet read_subscribe(Source& in) {
  Subscribe subscribe;
  subscribe.packet_id = in.reader.packet_id();
  subscribe.properties = in.properties(PropertyPlace::subscribe);
  while (!in.reader.at_end()) {
    Subscription subscription;
    subscription.filter = read_filter(in.reader);
    subscription.options = in.reader.u8("subscription options");
    if (!in.reader.failed()) check_options(in, subscription);
    subscribe.subscriptions.push_back(std::move(subscription));
  }
  if (subscribe.subscriptions.empty()) in.reader.fail_protocol("no topic filter");  // [MQTT-3.8.3-3]
  return subscribe;
}

std::vector<std::uint8_t> read_codes(Source& in) {
  std::vector<std::uint8_t> codes;
  for (const char c : in.reader.take_rest()) codes.push_back(static_cast<std::uint8_t>(c));
  if (codes.empty()) in.reader.fail_protocol("no reason code");
  return codes;
}

Packet read_suback(Source& in) {
  Suback suback;
  suback.packet_id = in.reader.packet_id();
  suback.properties = in.properties(PropertyPlace::suback);
  suback.codes = read_codes(in);
  for (const auto code : suback.codes)
    if (code > 2 && (in.v5() ? code < 0x80 : code != 0x80)) in.reader.fail("reason code");  // [MQTT-3.9.3-2]
  return suback;
}

Packet read_unsubscribe(Source& in) {
  Unsubscribe unsubscribe;
  unsubscribe.packet_id = in.reader.packet_id();
  unsubscribe.properties = in.properties(PropertyPlace::unsubscribe);
  while (!in.reader.at_end()) unsubscribe.filters.push_back(read_filter(in.reader));
  if (unsubscribe.filters.empty()) in.reader.fail_protocol("no topic filter");  // [MQTT-3.10.3-2]
  return unsubscribe;
}

Packet read_unsuback(Source& in) {
  Unsuback unsuback;
  unsuback.packet_id = in.reader.packet_id();
  unsuback.properties = in.properties(PropertyPlace::unsuback);
  if (in.v5()) unsuback.codes = read_codes(in);
  return unsuback;
}

Packet read_disconnect(Source& in) {
  Disconnect disconnect;
  read_reason(in, PropertyPlace::disconnect, disconnect);
  return disconnect;
}

Packet read_auth(Source& in) {
  Auth auth;
  if (!in.v5()) in.reader.fail("packet type 15");
  read_reason(in, PropertyPlace::auth, auth);
  return auth;
}

Packet read_body(Source& in) {
  switch (in.type) {
    case PacketType::connect:
      return read_connect(in);
    case PacketType::connack:
      return read_connack(in);
    case PacketType::publish:
      return read_publish(in);
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return read_ack(in);
    case PacketType::subscribe:
      return read_subscribe(in);
    case PacketType::suback:
      return read_suback(in);
    case PacketType::unsubscribe:
      return read_unsubscribe(in);
    case PacketType::unsuback:
      return read_unsuback(in);
    case PacketType::pingreq:
      return Pingreq{};
    case PacketType::pingresp:
      return Pingresp{};
    case PacketType::disconnect:
      return read_disconnect(in);
    case PacketType::auth:
      return read_auth(in);
  }
  in.reader.fail("packet type");
  return Pingreq{};
}

}  // namespace

result<Packet> decode(const Frame& frame, Version version) {
  Source in{Reader(frame.body), version, frame.flags, frame.type};
  auto packet = read_body(in);
  in.reader.finish();
  const auto shortest = 1 + variable_int_size(static_cast<std::uint32_t>(frame.body.size())) + frame.body.size();
  if (in.v5() && frame.total_bytes != shortest) in.reader.fail("remaining length");  // [MQTT-1.5.5-1]
  if (in.reader.failed()) return in.reader.error();
  return packet;
}

}  // namespace firstlight::wire::mqtt
