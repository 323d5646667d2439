#include "sim/mqtt_session_io.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace firstlight::sim {

namespace asio = boost::asio;
namespace mqtt = wire::mqtt;

namespace {

constexpr std::size_t kMaxPacket = 256 * 1024;  // AWS IoT sends at most 128 KiB of payload
constexpr std::string_view kAlpnOn443 = "x-amzn-mqtt-ca";

}  // namespace

MqttSession::MqttSession(std::shared_ptr<ShardShare> share, Path path, Sink sink)
    : share_(std::move(share)), path_(std::move(path)), sink_(std::move(sink)), timer_(share_->shard.io()) {}

void MqttSession::open(MqttConnect action) {
  id_ = action.id;
  version_ = action.packet.version;
  keep_alive_ = std::chrono::seconds(action.packet.keep_alive_seconds);
  opening_ = std::make_shared<Opening>();
  auto work = run(shared_from_this(), std::make_unique<MqttConnect>(std::move(action)));
  asio::co_spawn(share_->shard.io(), std::move(work), asio::detached);
}

asio::awaitable<void> MqttSession::run(std::shared_ptr<MqttSession> self, std::unique_ptr<MqttConnect> action) {
  MqttOpened opened;
  opened.id = action->id;
  const auto connack = co_await self->connect(*action, opened.timing, opened.tls_done);
  action.reset();  // the private key is not needed any more
  if (self->closed_) co_return;
  const bool accepted = connack && connack->code == 0;
  if (connack)
    opened.connack = connack->code;
  else
    opened.connack = connack.error();
  if (accepted) {
    self->open_ = true;
    self->opening_.reset();
    self->last_sent_ = SteadyClock::now();
    if (const auto k = connack->properties.integer(mqtt::property::kServerKeepAlive))
      self->keep_alive_ = std::chrono::seconds(*k);
  } else {
    self->close_now();
  }
  if (self->sink_) self->sink_(std::move(opened));
  if (!accepted) co_return;
  self->arm();
  const Error why = co_await self->read_until_end();
  self->end(why);
}

asio::awaitable<result<mqtt::Connack>> MqttSession::connect(MqttConnect& action, Timing& timing, bool& tls_done) {
  auto identity = share_->verifier.take_identity(action.certificate_pem, action.private_key_pem.reveal());
  if (!identity) co_return identity.error();
  Route route;
  route.host = action.endpoint;
  route.port = action.port;
  route.path = path_;
  route.ca_pem = std::move(action.ca_pem);
  route.clock = action.clock;
  route.identity = &*identity;
  if (action.port == 443) route.alpn = kAlpnOn443;
  auto stream = co_await open_stream(share_, std::move(route), timing, opening_);
  if (!stream) co_return stream.error();
  tls_done = true;
  stream_ = std::move(*stream);
  const auto start = SteadyClock::now();
  stream_->expires_after(share_->config->limits.connack, Errc::mqtt_connack_timeout);
  const auto bytes = mqtt::encode(mqtt::Packet(std::move(action.packet)), version_);
  const auto sent = co_await stream_->write_all(bytes);
  if (!sent) co_return sent.error();
  auto connack = co_await await_connack();
  timing.exchange = std::chrono::duration_cast<Micros>(SteadyClock::now() - start);
  if (connack) stream_->expires_never();
  co_return connack;
}

asio::awaitable<result<mqtt::Connack>> MqttSession::await_connack() {
  std::array<char, 256> buffer;  // NOLINT: filled before it is read
  for (;;) {
    const auto frame = mqtt::next_frame(in_, kMaxPacket);
    if (!frame) co_return frame.error();
    if (*frame) {
      const auto packet = mqtt::decode(**frame, version_);
      if (!packet) co_return packet.error();
      const auto* connack = std::get_if<mqtt::Connack>(&*packet);
      if (connack == nullptr) co_return Error(Errc::mqtt_protocol, "the first packet is not CONNACK");
      auto copy = *connack;
      in_.erase(0, (*frame)->total_bytes);
      co_return copy;
    }
    const auto got = co_await stream_->read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) co_return Error(Errc::connection_closed);
    in_.append(buffer.data(), *got);
  }
}

asio::awaitable<Error> MqttSession::read_until_end() {
  const auto stream = stream_;
  std::array<char, 512> buffer;  // NOLINT: filled before it is read; small, because thousands of sessions wait here
  for (;;) {
    if (const auto taken = take_packets(); !taken) co_return taken.error();
    if (closed_) co_return Error(Errc::cancelled);
    const auto got = co_await stream->read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) co_return Error(Errc::connection_closed);
    in_.append(buffer.data(), *got);
  }
}

result<void> MqttSession::take_packets() {
  std::string_view rest = in_;
  while (!closed_) {
    const auto frame = mqtt::next_frame(rest, kMaxPacket);
    if (!frame) return frame.error();
    if (!*frame) break;
    const auto packet = mqtt::decode(**frame, version_);
    if (!packet) return packet.error();
    if (auto handled = handle(*packet); !handled) return handled;
    rest.remove_prefix((*frame)->total_bytes);
  }
  in_.erase(0, in_.size() - rest.size());
  if (in_.empty()) in_ = std::string();  // gives the memory of a large packet back
  return {};
}

result<void> MqttSession::handle(const mqtt::Packet& packet) {
  const auto acknowledged = [this](std::uint16_t packet_id, Reply reply) -> ActionId {
    const auto at = std::find_if(awaited_.begin(), awaited_.end(),
                                 [&](const Awaited& a) { return a.packet_id == packet_id && a.reply == reply; });
    if (at == awaited_.end()) return 0;
    const auto action = at->action;
    awaited_.erase(at);
    return action;
  };
  if (const auto* p = std::get_if<mqtt::Publish>(&packet)) {
    if (p->qos == 2) return Error(Errc::mqtt_protocol, "QoS 2 above the subscribed one");
    if (sink_) sink_(MqttMessage{id_, p->topic, p->payload});
    if (p->qos == 1) {
      mqtt::Ack ack;
      ack.packet_id = p->packet_id;
      send(ack);
    }
    return {};
  }
  if (const auto* ack = std::get_if<mqtt::Ack>(&packet)) {
    if (ack->type != mqtt::PacketType::puback) return Error(Errc::mqtt_protocol, "unexpected acknowledgement");
    if (const auto action = acknowledged(ack->packet_id, Reply::puback); action != 0 && sink_)
      sink_(MqttPublished{action, ack->reason});
    return {};
  }
  if (const auto* suback = std::get_if<mqtt::Suback>(&packet)) {
    const auto action = acknowledged(suback->packet_id, Reply::suback);
    if (suback->codes.size() != 1) return Error(Errc::mqtt_protocol, "SUBACK with another number of codes");
    if (action != 0 && sink_) sink_(MqttSubscribed{action, suback->codes.front()});
    return {};
  }
  if (std::holds_alternative<mqtt::Pingresp>(packet)) {
    pingresp_deadline_.reset();
    arm();
    return {};
  }
  if (const auto* d = std::get_if<mqtt::Disconnect>(&packet))
    return Error(Errc::mqtt_disconnected, fmt::format("reason {:#04x}", d->reason));
  return Error(Errc::mqtt_protocol, "a packet that only clients send");
}

// -- sending ------------------------------------------------------------------------------------------------------

void MqttSession::subscribe(const MqttSubscribe& action) {
  mqtt::Subscribe packet;
  packet.packet_id = next_packet_id();
  packet.subscriptions.push_back({action.topic, action.qos});
  awaited_.push_back({packet.packet_id, action.id, Reply::suback, SteadyClock::now() + share_->config->limits.ack});
  send(packet);
  arm();
}

void MqttSession::publish(const MqttPublish& action) {
  mqtt::Publish packet;
  packet.topic = action.topic;
  packet.payload = action.payload;
  packet.qos = action.qos;
  if (action.qos != 0) {
    packet.packet_id = next_packet_id();
    awaited_.push_back({packet.packet_id, action.id, Reply::puback, SteadyClock::now() + share_->config->limits.ack});
  } else if (sink_) {
    sink_(MqttPublished{action.id, std::uint8_t{0}});
  }
  send(packet);
  arm();
}

std::uint16_t MqttSession::next_packet_id() {
  const auto in_use = [this](std::uint16_t id) {
    return std::any_of(awaited_.begin(), awaited_.end(), [id](const Awaited& a) { return a.packet_id == id; });
  };
  do {
    ++last_packet_id_;
  } while (last_packet_id_ == 0 || in_use(last_packet_id_));
  return last_packet_id_;
}

void MqttSession::send(const mqtt::Packet& packet) {
  if (closed_ || !open_) return;
  out_ += mqtt::encode(packet, version_);
  last_sent_ = SteadyClock::now();
  if (writing_) return;
  writing_ = true;
  auto work = flush(shared_from_this());
  asio::co_spawn(share_->shard.io(), std::move(work), asio::detached);
}

asio::awaitable<void> MqttSession::flush(std::shared_ptr<MqttSession> self) {
  const auto stream = self->stream_;
  while (!self->out_.empty() && !self->closed_) {
    const std::string bytes = std::exchange(self->out_, {});
    const auto sent = co_await stream->write_all(bytes);
    if (!sent) {
      self->end(sent.error());
      break;
    }
  }
  self->writing_ = false;
  if (self->leaving_) self->close_now();
}

// -- time ---------------------------------------------------------------------------------------------------------

void MqttSession::arm() {
  if (closed_) return;
  std::optional<SteadyClock::time_point> next = pingresp_deadline_;
  const auto earlier = [&next](SteadyClock::time_point t) {
    if (!next || t < *next) next = t;
  };
  for (const auto& a : awaited_) earlier(a.deadline);
  // Well within the interval, so that a slow link does not make the broker lose patience at one and a half of it.
  if (keep_alive_.count() != 0 && !pingresp_deadline_) earlier(last_sent_ + keep_alive_ * 3 / 4);
  if (!next) return;
  timer_.expires_at(*next);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self) self->tick();
  });
}

void MqttSession::tick() {
  if (closed_) return;
  const auto now = SteadyClock::now();
  for (const auto& a : awaited_)
    if (a.deadline <= now) return end(a.reply == Reply::suback ? Errc::mqtt_suback_timeout : Errc::mqtt_puback_timeout);
  if (pingresp_deadline_ && *pingresp_deadline_ <= now) return end(Errc::mqtt_pingresp_timeout);
  if (keep_alive_.count() != 0 && !pingresp_deadline_ && last_sent_ + keep_alive_ * 3 / 4 <= now) {
    pingresp_deadline_ = now + share_->config->limits.ack;
    send(mqtt::Pingreq{});
  }
  arm();
}

// -- ends ---------------------------------------------------------------------------------------------------------

void MqttSession::leave() {
  sink_ = nullptr;
  if (!open_) return drop();
  if (closed_) return;
  stream_->expires_after(share_->config->limits.ack, Errc::write_timeout);
  leaving_ = true;
  send(mqtt::Disconnect{});
}

void MqttSession::drop() {
  sink_ = nullptr;
  closed_ = true;
  timer_.cancel();
  if (opening_) opening_->abort();
  if (stream_) stream_->abort();
}

void MqttSession::end(const Error& why) {
  if (closed_) return;
  close_now();
  const auto sink = std::exchange(sink_, nullptr);
  if (sink) sink(MqttLost{id_, why});
}

void MqttSession::close_now() {
  closed_ = true;
  timer_.cancel();
  if (stream_) stream_->close();
}

}  // namespace firstlight::sim
