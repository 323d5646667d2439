#include "fakes/edge/faults.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firstlight::fakes::edge {

namespace mqtt = wire::mqtt;
using mqtt::PacketType;

namespace {

constexpr std::size_t kProofBytes = 1024;  // of an added packet: a device may hang up long before its end

/// Type 0 is forbidden, and so is a remaining length of more than four bytes: no client can take it for a packet.
const std::string kNoPacket("\x00\xff\xff\xff\xff\x7f", 6);

/// A topic that the filter matches.
std::string topic_of(std::string_view filter) {
  std::string topic(inner_filter(filter));
  for (auto& c : topic)
    if (c == '+' || c == '#') c = 'x';
  return topic;
}

}  // namespace

End taken_over(std::optional<fault::Injection> injection) {
  End why;
  why.aws_reason = aws::kDuplicate;
  why.code = reason::kTakenOver;
  why.injection = std::move(injection);
  return why;
}

SessionFaults::SessionFaults(const fault::Engine& engine, const fault::Injections& injections, Proof proof)
    : engine_(engine), proof_(std::move(proof)) {
  for (const auto& injection : injections) {
    auto& armed = armed_.emplace_back(Armed{injection, {}});
    fault::Engine::apply(armed.plan, injection.rule());
  }
}

/// The rule that says so, and whose time it is. Of several the last one counts, as where effects edit one plan.
template <class Wanted>
SessionFaults::Armed* SessionFaults::find(Wanted wanted) {
  for (auto armed = armed_.rbegin(); armed != armed_.rend(); ++armed)
    if (!armed->spent && wanted(armed->plan) && engine_.active(armed->injection.rule(), armed->injection.camera()))
      return &*armed;
  return nullptr;
}

bool SessionFaults::swallows_connect() {
  auto* armed = find([](const auto& plan) { return plan.withhold_connack; });
  if (armed != nullptr) prove(armed->injection, "CONNECT left unanswered");
  return armed != nullptr;
}

std::optional<SessionFaults::Connack> SessionFaults::refuses_connect() {
  auto* armed = find([](const auto& plan) { return plan.connack.has_value(); });
  if (armed == nullptr) return {};
  return Connack{&armed->injection, static_cast<std::uint8_t>(*armed->plan.connack)};
}

fault::Injection* SessionFaults::loses_session() {
  auto* armed = find([](const auto& plan) { return plan.session_lost; });
  return armed == nullptr ? nullptr : &armed->injection;
}

SessionFaults::Armed* SessionFaults::withholding(PacketType type) {
  switch (type) {
    case PacketType::suback:
      return find([](const auto& plan) { return plan.withhold_suback; });
    case PacketType::puback:
      return find([](const auto& plan) { return plan.withhold_puback; });
    case PacketType::pingresp:
      return find([](const auto& plan) { return plan.withhold_pingresp; });
    default:
      return nullptr;
  }
}

void SessionFaults::remember_filter(const mqtt::Frame& frame) {
  const auto packet = mqtt::decode(frame, version_);
  if (!packet) return;
  if (const auto* subscribe = std::get_if<mqtt::Subscribe>(&*packet))
    topic_ = topic_of(subscribe->subscriptions.front().filter);
}

std::optional<End> SessionFaults::after_device(const mqtt::Frame& frame, std::string& to_device, std::size_t added) {
  ++packets_;
  if (frame.type == PacketType::subscribe) remember_filter(frame);
  if (auto end = after_broker(to_device, added)) return end;
  auto* armed = find([&](const auto& plan) { return plan.disconnect_after && packets_ >= *plan.disconnect_after; });
  if (armed == nullptr) return {};
  End why;
  why.aws_reason = aws::kServerInitiated;
  why.detail = fmt::format("rule {} after {} packets", armed->injection.rule().id, packets_);
  why.code = reason::kAdministrative;
  why.injection = armed->injection;
  armed->spent = true;
  return why;
}

std::optional<End> SessionFaults::after_broker(std::string& to_device, std::size_t added) {
  while (added < to_device.size()) {
    const auto frame = mqtt::next_frame(std::string_view(to_device).substr(added), SIZE_MAX);
    if (!frame || !*frame) return {};  // the relay adds whole packets only
    const auto type = (*frame)->type;
    const auto bytes = (*frame)->total_bytes;
    if (auto* armed = withholding(type)) {
      to_device.erase(added, bytes);
      prove(armed->injection, fmt::format("{} withheld", mqtt::packet_name(type)));
      continue;
    }
    if (type == PacketType::suback) refuse_filters(**frame, to_device.data() + added);
    added += bytes;
    if (type != PacketType::suback) continue;
    const auto before = to_device.size();
    if (auto end = after_suback(to_device, added)) return end;
    added += to_device.size() - before;
  }
  return {};
}

/// The codes are a SUBACK's last bytes, one a filter (MQTT 3.1.1 §3.9.3, 5 §3.9.3).
void SessionFaults::refuse_filters(const mqtt::Frame& frame, char* packet) {
  auto* armed = find([](const auto& plan) { return plan.suback.has_value(); });
  if (armed == nullptr) return;
  const auto suback = mqtt::decode(frame, version_);
  if (!suback) return;
  const auto count = std::get<mqtt::Suback>(*suback).codes.size();
  const int code = *armed->plan.suback;
  std::fill_n(packet + frame.total_bytes - count, count, static_cast<char>(code));
  prove(armed->injection, fmt::format("SUBACK {}", code));
}

std::optional<End> SessionFaults::after_suback(std::string& to_device, std::size_t at) {
  if (auto* armed = find([](const auto& plan) { return plan.oversized.has_value(); })) {
    mqtt::Publish publish;
    publish.topic = topic_;
    publish.payload.assign(static_cast<std::size_t>(*armed->plan.oversized), 'x');
    const auto bytes = mqtt::encode(publish, version_);
    insert(to_device, at, bytes, armed->injection);
    armed->spent = true;
    at += bytes.size();
  }
  if (auto* armed = find([](const auto& plan) { return plan.malformed; })) {
    insert(to_device, at, kNoPacket, armed->injection);
    armed->spent = true;
  }
  auto* armed = find([](const auto& plan) { return plan.taken_over; });
  if (armed == nullptr) return {};
  armed->spent = true;
  return taken_over(armed->injection);
}

void SessionFaults::insert(std::string& to_device, std::size_t at, const std::string& bytes,
                           fault::Injection& injection) {
  to_device.insert(at, bytes);
  added_.until = at + std::min(bytes.size(), kProofBytes);
  added_.injections.push_back(&injection);
}

void SessionFaults::prove(const Added& added) {
  for (auto* injection : added.injections) prove(*injection, "sent after the SUBACK");
}

}  // namespace firstlight::fakes::edge
