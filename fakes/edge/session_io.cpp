#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "fakes/edge/secrets.hpp"
#include "fakes/edge/session.hpp"

namespace firstlight::fakes::edge {

namespace asio = boost::asio;
namespace mqtt = wire::mqtt;
using std::chrono::seconds;

namespace {

constexpr seconds kFarewellLimit{2};  // for the last words to a device
constexpr seconds kLingerLimit{1};    // for the device to close after them
constexpr seconds kDrainLimit{2};     // for Mosquitto to act on a DISCONNECT

SslPtr with_session(SslPtr ssl, Session* session) {
  SSL_set_app_data(ssl.get(), session);
  return ssl;
}

template <class Index, class Key>
void erase_one(Index& index, const Key& key, const Session* session) {
  const auto [first, last] = index.equal_range(key);
  const auto at = std::find_if(first, last, [session](const auto& entry) { return entry.second == session; });
  if (at != last) index.erase(at);
}

}  // namespace

Session::Session(CorePtr core, EdgeShard& shard, asio::ip::address address, std::unique_ptr<Admission> admission)
    : core_(std::move(core)),
      shard_(shard),
      self_{shard.shard.index(), shard.next_session++},
      address_(std::move(address)),
      admission_(std::move(admission)),
      stream_(std::move(admission_->socket), with_session(std::move(admission_->ssl), this)),
      upstream_(shard.shard.io()),
      wake_(shard.shard.io(), SteadyClock::time_point::max()),
      keep_alive_(shard.shard.io()) {
  if (const auto sim = core_->lab.sims.find(address_)) camera_ = sim->camera;
  shard_.sessions.emplace(self_.session, this);
  if (camera_ != 0) shard_.by_camera.emplace(camera_, this);
}

Session::~Session() {
  shard_.sessions.erase(self_.session);
  shard_.expiries.remove(expiry(validity_), self_.session);
  if (camera_ != 0) erase_one(shard_.by_camera, camera_, this);
  if (registered_) erase_one(shard_.by_certificate, certificate_id_, this);
}

asio::awaitable<void> Session::run() {
  if (co_await handshake()) {
    arm_faults();
    auto connect = co_await receive_connect();
    if (connect) {
      auto access = co_await admit(*connect);
      const bool spoilt = !access || (faults_ && co_await apply_connect_faults(*connect));
      if (!spoilt && co_await open_upstream(*connect, std::move(*access))) {
        co_await relay_device();
        co_await say_farewell();
      }
    }
  }
  end(End{});
  stream_.close();
}

asio::awaitable<bool> Session::handshake() {
  stream_.expires_after(core_->config.handshake_limit, Errc::tls_handshake_timeout);
  const auto shaken = co_await stream_.handshake();
  const bool lives = admission_->handshake_ended(stream_, shaken.has_value());
  admission_.reset();
  if (!lives) co_return false;
  if (shaken) {
    if (SSL_get0_peer_certificate(stream_.ssl()) == nullptr) verdict_ = Errc::certificate_missing;
    co_return true;
  }
  const auto& error = shaken.error();
  if (error.code == Errc::certificate_missing) {
    refused(error.code, {}, refusal_name(Refusal::tls_alert), {});
  } else if (error.code == Errc::tls_peer_untrusted && verdict_) {
    refused(*verdict_, {}, refusal_name(Refusal::tls_alert), {});
  } else {
    journal::TlsFailed event;
    event.service = source_name(journal::Source::edge);
    event.error = error.name();
    event.detail = error.detail;
    note(std::move(event));
    co_return false;
  }
  co_await linger();  // closing at once, with bytes of the device unread, would destroy the alert on its way
  co_return false;
}

std::optional<Errc> Session::judge(X509* certificate) {
  const auto& crypto = shard_.shard.crypto();
  certificate_id_ = wire::certificate_id(crypto, certificate);
  validity_ = wire::validity(certificate);
  const auto* view = shard_.replica.find(certificate_id_);
  const bool ours = view == nullptr && wire::issued_by(certificate, shard_.tls.authority.get());
  verdict_ = judge_certificate(view, ours, validity_, core_->lab.clock.now());
  return verdict_;
}

asio::awaitable<std::optional<mqtt::Connect>> Session::receive_connect() {
  stream_.expires_after(core_->config.connect_limit, Errc::read_timeout);
  std::optional<Error> bad;
  for (;;) {
    const auto frame = mqtt::next_frame(device_in_, core_->config.limits.packet_bytes);
    if (!frame) {
      bad = frame.error();
      break;
    }
    if (*frame) {
      if ((*frame)->type != mqtt::PacketType::connect) {
        bad = Error(Errc::mqtt_protocol, "the first packet is not CONNECT");
        break;
      }
      auto packet = mqtt::decode(**frame, mqtt::Version::v3_1_1);
      if (!packet) {
        bad = packet.error();
        break;
      }
      device_in_.erase(0, (*frame)->total_bytes);
      stream_.expires_never();
      co_return std::get<mqtt::Connect>(std::move(*packet));
    }
    const auto got = co_await stream_.read_some(shard_.scratch);
    if (got && *got == 0) co_return std::nullopt;  // the device went away by itself
    if (!got) {
      if (got.error().code != Errc::read_timeout) co_return std::nullopt;
      bad = got.error();
      break;
    }
    device_in_.append(shard_.scratch.data(), *got);
  }
  refused(bad->code, bad->detail, refusal_name(Refusal::close_after_handshake), {});
  co_await linger();
  co_return std::nullopt;
}

void Session::refused(Errc error, std::string detail, std::string_view how, std::string_view client_id) {
  journal::MqttRefused event;
  event.error = error_name(error);
  event.detail = std::move(detail);
  event.how = how;
  event.certificate_id = certificate_id_.value();
  event.client_id = client_id;
  note(std::move(event));
}

asio::awaitable<void> Session::send_refusal(ConnectRefusal refusal, const mqtt::Connect& connect,
                                            std::function<void()> told) {
  const auto how = refusal.connack ? Refusal::connack : Refusal::close_after_handshake;
  refused(refusal.error, std::move(refusal.detail), refusal_name(how), connect.client_id);
  bool reached = true;
  if (refusal.connack) {
    mqtt::Connack connack;
    connack.code = *refusal.connack;
    const auto bytes = mqtt::encode(connack, connect.version);
    stream_.expires_after(kFarewellLimit, Errc::write_timeout);
    const auto written = co_await stream_.write_all(bytes);
    reached = static_cast<bool>(written);
  }
  if (reached && told) told();
  co_await linger();
}

asio::awaitable<std::optional<Access>> Session::admit(mqtt::Connect& connect) {
  const auto& config = core_->config;
  note_secrets(connect);
  if (core_->lab.faults.watches(fault::Point::iot_verify) && !co_await verify_certificate(connect))
    co_return std::nullopt;
  // Asked again: the certificate may have changed since the handshake.
  const auto* view = shard_.replica.find(certificate_id_);
  if (!verdict_) verdict_ = judge_certificate(view, true, validity_, core_->lab.clock.now());
  std::optional<ConnectRefusal> refusal;
  Access access;
  if (verdict_) {
    refusal = ConnectRefusal{*verdict_, {}, {}};
    if (config.refusal == Refusal::connack)
      refusal->connack = not_authorized_connack(connect.version, Refusal::connack);
  } else if (refusal = refuse_empty_client_id(connect); !refusal) {
    if (connect.client_id.empty()) {
      // AWS assigns a name in such a case; its form is unverified.
      std::array<std::uint8_t, 16> random{};
      random_bytes(shard_.shard.crypto(), random);
      connect.client_id = "$GEN/" + hex_lower(random);
      assigned_id_ = true;
    }
    access = Access{certificate_id_, view->device_id, view->thing_name, view->policy, connect.client_id};
    refusal = check_connect(connect, access, config.limits, config.refusal);
    if (assigned_id_ && !refusal) access.client_id = connect.client_id;
  }
  if (refusal) {
    co_await send_refusal(std::move(*refusal), connect);
    co_return std::nullopt;
  }
  shard_.by_certificate.emplace(certificate_id_, this);
  registered_ = true;
  co_return access;
}

void Session::end(End why) {
  if (ended_) return;
  ended_ = std::move(why);
  draining_ = ended_->by_disconnect && upstream_.is_open();
  if (connected_) {
    journal::MqttDisconnected event;
    event.client_id = relay_->access().client_id;
    event.reason = ended_->aws_reason;
    event.detail = ended_->detail;
    note(std::move(event));
    set_presence(Presence::disconnected, ended_->aws_reason);
  }
  release_client_id();
  keep_alive_.cancel();
  if (draining_)
    limit_upstream(kDrainLimit);
  else
    close_upstream();
  wake_.cancel();
  stream_.expires_after(kFarewellLimit, Errc::write_timeout);
  stream_.cancel();
  // Again after what is queued: a coroutine whose wait had completed already would begin the next one.
  asio::post(shard_.shard.io(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->stream_.cancel();
  });
}

asio::awaitable<void> Session::say_farewell() {
  const bool gone = ended_->by_disconnect || ended_->aws_reason == aws::kConnectionLost;
  if (gone) co_return;
  // A writer that was interrupted left half a record behind: nothing can follow it.
  if (to_device_.busy) {
    if (ended_->injection) prove(*ended_->injection, ended_->detail);
    co_return;
  }
  if (relay_->version() == mqtt::Version::v5 && ended_->code != 0) {
    mqtt::Disconnect disconnect;
    disconnect.reason = ended_->code;
    relay_->to_device += mqtt::encode(disconnect, mqtt::Version::v5);
  }
  stream_.expires_after(kFarewellLimit, Errc::write_timeout);
  const auto written = co_await write_device(relay_->to_device);
  if (written && ended_->injection) prove(*ended_->injection, ended_->detail);
  co_await linger();
}

asio::awaitable<void> Session::linger() {
  auto& socket = stream_.socket();
  if (!socket.is_open()) co_return;
  if (SSL_is_init_finished(stream_.ssl())) SSL_shutdown(stream_.ssl());
  (void)take_openssl_error();
  boost::system::error_code ec;
  socket.shutdown(asio::socket_base::shutdown_send, ec);
  const auto deadline = SteadyClock::now() + kLingerLimit;
  stream_.expires_after(kLingerLimit, Errc::cancelled);
  for (std::size_t budget = 1 << 20; budget > 0 && socket.is_open() && SteadyClock::now() < deadline;) {
    const auto n = ::recv(socket.native_handle(), shard_.scratch.data(), shard_.scratch.size(), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) co_return;
    if (n > 0)
      budget -= std::min(budget, static_cast<std::size_t>(n));
    else
      co_await socket.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
  }
}

asio::awaitable<void> Session::pause() {
  boost::system::error_code ignored;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void Session::started(const mqtt::Connect& connect) {
  connected_ = true;
  const auto& access = relay_->access();
  journal::MqttConnected event;
  event.client_id = access.client_id;
  event.certificate_id = certificate_id_.value();
  event.protocol = static_cast<std::uint32_t>(connect.version);
  note(std::move(event));
  const auto& matches = core_->config.identity_matches;
  const auto sim = core_->lab.sims.find(address_);
  if (matches && sim && !access.device_id.empty() && !matches(*sim, access.device_id)) {
    journal::IdentityMismatch mismatch;
    mismatch.device_id = access.device_id.value();
    mismatch.certificate_id = certificate_id_.value();
    note(std::move(mismatch));
  }
  set_presence(Presence::connected, {});
  // AWS ends a session after one and a half keep-alives without a packet.
  const seconds keep_alive(clamp_keep_alive(connect.keep_alive_seconds, core_->config.limits));
  keep_alive_limit_ = std::chrono::milliseconds(keep_alive) * 3 / 2;
  last_packet_ = SteadyClock::now();
  arm_keep_alive(keep_alive_limit_);
  if (core_->config.on_expiry == OnExpiry::disconnect) shard_.expiries.add(expiry(validity_), self_.session);
}

void Session::arm_keep_alive(SteadyClock::duration after) {
  keep_alive_.expires_after(after);
  keep_alive_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (ec || !self || self->ended_) return;
    const auto left = self->last_packet_ + self->keep_alive_limit_ - SteadyClock::now();
    if (left > SteadyClock::duration::zero()) return self->arm_keep_alive(left);
    End why;
    why.aws_reason = aws::kKeepAlive;
    why.code = reason::kKeepAlive;
    self->end(std::move(why));
  });
}

void Session::note(journal::Payload payload) {
  without_secrets(payload);  // client ids, topics, filters: a device writes into them what it likes
  core_->lab.lanes.at(self_.shard).append(journal::Source::edge, camera_, address_.to_string(), std::move(payload));
}

void Session::set_presence(Presence presence, std::string_view reason) {
  const auto& device = relay_->access().device_id;
  if (device.empty()) return;
  const bool connected = presence == Presence::connected;
  asio::co_spawn(shard_.shard.io(),
                 core_->registry.set_presence(device, connected, address_.to_string(), std::string(reason)),
                 asio::detached);
}

}  // namespace firstlight::fakes::edge
