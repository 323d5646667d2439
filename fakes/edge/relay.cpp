#include "fakes/edge/relay.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fakes/edge/secrets.hpp"
#include "wire/secrets.hpp"

namespace firstlight::fakes::edge {

namespace mqtt = wire::mqtt;
using iot::PolicyAction;
using mqtt::PacketType;
using mqtt::Version;

namespace {

std::string_view raw_bytes(const mqtt::Frame& frame) {
  const auto header = frame.total_bytes - frame.body.size();
  return {frame.body.data() - header, frame.total_bytes};
}

End client_error(const Error& error) {
  const auto code = error.code == Errc::mqtt_protocol ? reason::kProtocolError : reason::kMalformed;
  return {aws::kClientError, std::string(error.name()) + (error.detail.empty() ? "" : ": " + error.detail), code,
          false};
}

std::string puback(std::uint16_t packet_id, std::uint8_t code, Version version) {
  mqtt::Ack ack;
  ack.type = PacketType::puback;
  ack.packet_id = packet_id;
  ack.reason = code;
  return mqtt::encode(ack, version);
}

/// Topic and packet id of a PUBLISH, without copying its payload; nothing when the frame is too short for them.
struct PublishHead {
  std::string_view topic;
  std::uint8_t qos = 0;
  std::uint16_t packet_id = 0;
};
std::optional<PublishHead> publish_head(const mqtt::Frame& frame) {
  const auto u16 = [&](std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(frame.body[at]) << 8 |
                                      static_cast<unsigned char>(frame.body[at + 1]));
  };
  PublishHead head;
  head.qos = frame.flags >> 1 & 3;
  if (frame.body.size() < 2) return {};
  const std::size_t length = u16(0), id_bytes = head.qos > 0 ? 2 : 0;
  if (frame.body.size() < 2 + length + id_bytes) return {};
  head.topic = frame.body.substr(2, length);
  if (id_bytes > 0) head.packet_id = u16(2 + length);
  return head;
}

}  // namespace

Relay::Relay(Version version, Access access, const Limits& limits, Note note)
    : version_(version), access_(std::move(access)), limits_(limits), note_(std::move(note)) {}

bool Relay::restarts_keep_alive(PacketType type) {
  return type == PacketType::publish || type == PacketType::subscribe || type == PacketType::pingreq ||
         type == PacketType::puback;
}

std::optional<End> Relay::on_device(const mqtt::Frame& frame) {
  auto packet = mqtt::decode(frame, version_);
  if (!packet) return client_error(packet.error());
  const auto raw = raw_bytes(frame);
  switch (frame.type) {
    case PacketType::publish:
      return publish(std::get<mqtt::Publish>(std::move(*packet)), raw);
    case PacketType::subscribe:
      return subscribe(std::get<mqtt::Subscribe>(std::move(*packet)), raw);
    case PacketType::unsubscribe:
      return unsubscribe(std::get<mqtt::Unsubscribe>(*packet), raw);
    case PacketType::puback:
      to_broker += raw;
      return {};
    case PacketType::pingreq:
      // Answered here: the edge owns the keep-alive, and a fleet's pings need not wake Mosquitto's one thread.
      to_device += mqtt::encode(mqtt::Pingresp{}, version_);
      return {};
    case PacketType::disconnect:
      to_broker += raw;
      return End{aws::kClientInitiated, {}, 0, true};
    default:
      // QoS 2's packets and AUTH are not supported by AWS; the others are a server's, or a second CONNECT.
      return End{aws::kClientError, fmt::format("unexpected {}", mqtt::packet_name(frame.type)), reason::kProtocolError,
                 false};
  }
}

std::optional<End> Relay::end_for(const Violation& violation) {
  return End{violation.aws_reason,
             fmt::format("{}: {}", error_name(violation.error), wire::without_secret(violation.detail)), violation.code,
             false};
}

void Relay::denied(std::string_view operation, std::string topic) {
  journal::MqttDenied event;
  event.client_id = access_.client_id;
  event.operation = operation;
  event.topic = std::move(topic);
  note_(std::move(event));
}

std::optional<End> Relay::publish(mqtt::Publish packet, std::string_view raw) {
  const bool aliased = packet.properties.integer(mqtt::property::kTopicAlias).has_value();
  if (version_ == Version::v5) {
    if (const auto bad = aliases_.resolve(packet, limits_)) return end_for(*bad);
  }
  // Refused or not: it has left the device.
  if (auto seen = secret_in("mqtt-topic", packet.topic)) note_(std::move(*seen));
  if (auto seen = secret_in("mqtt-payload", packet.payload)) note_(std::move(*seen));
  if (const auto bad = check_publish(packet, access_, version_, limits_)) {
    if (bad->error == Errc::mqtt_not_authorized) denied("publish", packet.topic);
    if (!bad->acknowledge) return end_for(*bad);
    to_device += puback(packet.packet_id, bad->code, version_);
    return {};
  }
  // An alias is never forwarded: Mosquitto did not see the refused packets that may have set it.
  to_broker += aliased ? mqtt::encode(packet, version_) : std::string(raw);
  journal::MqttPublished event;
  event.client_id = access_.client_id;
  event.topic = std::move(packet.topic);
  event.qos = packet.qos;
  event.bytes = static_cast<std::int64_t>(packet.payload.size());
  note_(std::move(event));
  return {};
}

std::optional<End> Relay::subscribe(mqtt::Subscribe packet, std::string_view raw) {
  if (pending_.size() >= limits_.pending_subscribes)
    return End{aws::kClientError, "too many SUBSCRIBEs without a SUBACK", reason::kQuota, false};
  for (const auto& s : packet.subscriptions)
    if (auto seen = secret_in("mqtt-topic", s.filter)) note_(std::move(*seen));
  const auto named = [&](const std::string& filter) {
    return std::any_of(packet.subscriptions.begin(), packet.subscriptions.end(),
                       [&](const auto& s) { return s.filter == filter; });
  };
  const auto others =
      subscribed_.size() - static_cast<std::size_t>(std::count_if(subscribed_.begin(), subscribed_.end(), named));
  const auto check = check_subscribe(packet, access_, version_, limits_, others);
  if (check.fatal) {
    if (check.fatal->error == Errc::mqtt_not_authorized) denied("subscribe", check.fatal->detail);
    return end_for(*check.fatal);
  }
  if (check.swallow) return {};

  PendingSubscribe pending{packet.packet_id, {}, check.codes};
  std::vector<mqtt::Subscription> allowed;
  for (std::size_t i = 0; i < packet.subscriptions.size(); ++i) {
    auto& s = packet.subscriptions[i];
    pending.filters.push_back(s.filter);
    if (check.codes[i] == reason::kNotAuthorized) denied("subscribe", s.filter);
    if (check.codes[i] != 0) continue;
    if (std::find(subscribed_.begin(), subscribed_.end(), s.filter) == subscribed_.end())
      subscribed_.push_back(s.filter);
    allowed.push_back(std::move(s));
  }
  if (allowed.empty()) {
    mqtt::Suback answer;
    answer.packet_id = packet.packet_id;
    answer.codes = check.codes;
    to_device += mqtt::encode(answer, version_);
    note_suback(pending, check.codes);
    return {};
  }
  if (allowed.size() == pending.filters.size()) {
    to_broker += raw;
  } else {
    packet.subscriptions = std::move(allowed);
    to_broker += mqtt::encode(packet, version_);
  }
  pending_.push_back(std::move(pending));
  return {};
}

std::optional<End> Relay::unsubscribe(const mqtt::Unsubscribe& packet, std::string_view raw) {
  for (const auto& filter : packet.filters) std::erase(subscribed_, filter);
  to_broker += raw;
  return {};
}

std::optional<End> Relay::on_broker(const mqtt::Frame& frame) {
  const auto raw = raw_bytes(frame);
  switch (frame.type) {
    case PacketType::publish:
      delivery(frame, raw);
      return {};
    case PacketType::suback: {
      auto packet = mqtt::decode(frame, version_);
      if (!packet) return End{aws::kServerError, "Mosquitto sent a malformed SUBACK", 0, false};
      suback(std::get<mqtt::Suback>(std::move(*packet)), raw);
      return {};
    }
    case PacketType::disconnect:
      to_device += raw;
      return End{aws::kServerInitiated, "Mosquitto sent DISCONNECT", 0, false};
    default:
      to_device += raw;
      return {};
  }
}

void Relay::delivery(const mqtt::Frame& frame, std::string_view raw) {
  const auto head = publish_head(frame);
  if (head && access_.may(PolicyAction::receive, head->topic)) {
    to_device += raw;
    return;
  }
  if (!head) return;
  // Dropped in silence, as AWS does; Mosquitto must not count it as in flight. The id is Mosquitto's own.
  if (head->qos == 1) to_broker += puback(head->packet_id, 0, version_);
  denied("receive", std::string(head->topic));
}

void Relay::suback(mqtt::Suback packet, std::string_view raw) {
  const auto found =
      std::find_if(pending_.begin(), pending_.end(), [&](const auto& p) { return p.packet_id == packet.packet_id; });
  if (found == pending_.end()) {
    to_device += raw;
    return;
  }
  const auto pending = std::move(*found);
  pending_.erase(found);
  auto codes = pending.codes;
  std::size_t next = 0;
  for (auto& code : codes)
    if (code == 0 && next < packet.codes.size()) code = packet.codes[next++];
  if (codes.size() == packet.codes.size()) {
    to_device += raw;
  } else {
    packet.codes = codes;
    to_device += mqtt::encode(packet, version_);
  }
  note_suback(pending, codes);
}

void Relay::note_suback(const PendingSubscribe& pending, const std::vector<std::uint8_t>& codes) {
  journal::MqttSubscribed event;
  event.client_id = access_.client_id;
  event.filters = pending.filters;
  event.codes.assign(codes.begin(), codes.end());
  note_(std::move(event));
}

}  // namespace firstlight::fakes::edge
