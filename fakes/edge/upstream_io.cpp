// The session's side towards Mosquitto: claiming the client id, the bounded connect, CONNECT and CONNACK.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "fakes/edge/session.hpp"

namespace firstlight::fakes::edge {

namespace asio = boost::asio;
namespace mqtt = wire::mqtt;
using std::chrono::milliseconds;

namespace {

/// Runs `work` on the session, if it still lives, on its own shard.
template <class Work>
void post_to_session(const CorePtr& core, SessionAddress to, Work work) {
  asio::post(core->shards[to.shard]->shard.io(), [core, to, work = std::move(work)] {
    auto& sessions = core->shards[to.shard]->sessions;
    const auto at = sessions.find(to.session);
    work(at == sessions.end() ? nullptr : at->second);
  });
}

void announce(const CorePtr& core, SessionAddress holder) {
  post_to_session(core, holder, [](Session* session) {
    if (session != nullptr) session->claimed();
  });
}

void take_over(const CorePtr& core, SessionAddress old, SessionAddress holder) {
  post_to_session(core, old, [core, holder](Session* session) {
    if (session != nullptr) {
      End why;
      why.aws_reason = aws::kDuplicate;
      why.code = reason::kTakenOver;
      session->end(std::move(why));
    }
    announce(core, holder);
  });
}

}  // namespace

UnixConnect connect_unix(const std::string& path) {
  UnixConnect out;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    out.detail = "the socket's path is too long";
    return out;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    out.fd = fd;
    return out;
  }
  out.retry = errno == EAGAIN || errno == EINTR;
  out.detail = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  return out;
}

asio::awaitable<bool> Session::claim_client_id(const std::string& client_id) {
  client_id_ = client_id;
  const unsigned owner = ClientIds::owner(client_id, core_->shards.size());
  asio::post(core_->shards[owner]->shard.io(), [core = core_, owner, client_id, self = self_] {
    const auto old = core->shards[owner]->client_ids.claim(client_id, self);
    if (old)
      take_over(core, *old, self);
    else
      announce(core, self);
  });
  while (!claimed_ && !ended_) co_await pause();
  co_return !ended_;
}

void Session::claimed() {
  claimed_ = true;
  wake_.cancel();
}

void Session::release_client_id() {
  if (client_id_.empty()) return;
  const unsigned owner = ClientIds::owner(client_id_, core_->shards.size());
  asio::post(core_->shards[owner]->shard.io(), [core = core_, owner, client_id = client_id_, self = self_] {
    core->shards[owner]->client_ids.release(client_id, self);
  });
}

asio::awaitable<bool> Session::enter_gate() {
  if (shard_.gate.try_enter()) co_return true;
  const auto ticket = std::make_shared<Gate::Ticket>(wake_);
  shard_.gate.wait(ticket);
  while (!ticket->called && !ended_) co_await pause();
  if (!ended_) co_return true;
  if (ticket->called) shard_.gate.leave();
  co_return false;
}

asio::awaitable<bool> Session::open_upstream(const mqtt::Connect& connect, Access access) {
  if (!co_await claim_client_id(connect.client_id)) co_return false;
  if (!co_await enter_gate()) co_return false;
  if (faults_) co_await lose_stored_session(connect);
  const auto answer = co_await ask_broker(connect);
  keep_alive_.cancel();
  shard_.gate.leave();
  if (ended_) co_return false;
  if (!answer) {
    ConnectRefusal refusal{answer.error().code, answer.error().detail, reason::kServerUnavailable};
    if (connect.version == mqtt::Version::v3_1_1) refusal.connack = kReturnServerUnavailable;
    co_await send_refusal(std::move(refusal), connect);
    co_return false;
  }
  if (answer->code != 0) {
    ConnectRefusal refusal{Errc::mqtt_refused, mqtt::describe_connack(answer->code, connect.version), answer->code};
    co_await send_refusal(std::move(refusal), connect);
    co_return false;
  }
  const auto connack = device_connack(*answer, connect, assigned_id_, core_->config.limits);
  const auto bytes = mqtt::encode(connack, connect.version);
  stream_.expires_after(core_->config.connect_limit, Errc::write_timeout);
  const auto written = co_await stream_.write_all(bytes);
  if (ended_ || !written) co_return false;
  stream_.expires_never();
  auto note_event = [this](journal::Payload payload) { note(std::move(payload)); };
  relay_ = std::make_unique<Relay>(connect.version, std::move(access), core_->config.limits, std::move(note_event));
  started(connect);
  asio::co_spawn(shard_.shard.io(), relay_broker_of(shared_from_this()), [](const std::exception_ptr& mistake) {
    if (mistake) std::rethrow_exception(mistake);
  });
  co_return true;
}

asio::awaitable<result<mqtt::Connack>> Session::ask_broker(const mqtt::Connect& connect) {
  const auto open = co_await connect_broker();
  if (!open) co_return open.error();
  limit_upstream(core_->config.broker_limit);
  const auto bytes = mqtt::encode(upstream_connect(connect, core_->config.limits), connect.version);
  const auto written = co_await write_broker(bytes);
  if (!written) co_return written.error();
  for (;;) {
    const auto frame = mqtt::next_frame(broker_in_, kLargestFromBroker);
    if (!frame) co_return Error(Errc::broker_failed, "Mosquitto's answer is malformed");
    if (*frame) {
      auto packet = mqtt::decode(**frame, connect.version);
      if (!packet || !std::holds_alternative<mqtt::Connack>(*packet))
        co_return Error(Errc::broker_failed, "Mosquitto's answer is not a CONNACK");
      broker_in_.erase(0, (*frame)->total_bytes);
      co_return std::get<mqtt::Connack>(std::move(*packet));
    }
    const auto got = co_await read_broker();
    if (!got) co_return got.error();
    if (*got == 0) co_return Error(Errc::broker_unreachable, "Mosquitto closed the connection before its CONNACK");
    broker_in_.append(shard_.scratch.data(), *got);
  }
}

asio::awaitable<result<void>> Session::connect_broker() {
  const auto deadline = SteadyClock::now() + core_->config.broker_limit;
  auto delay = milliseconds(1);
  asio::steady_timer timer(shard_.shard.io());
  for (;;) {
    if (ended_) co_return Error(Errc::cancelled);  // its CONNECT would throw its successor out of Mosquitto
    const auto attempt = connect_unix(core_->config.broker_socket);
    boost::system::error_code ec;
    if (attempt.fd >= 0) {
      upstream_.assign(asio::local::stream_protocol(), attempt.fd, ec);
      if (!ec) co_return result<void>();
      ::close(attempt.fd);
      co_return Error(Errc::broker_unreachable, ec.message());
    }
    if (!attempt.retry || SteadyClock::now() >= deadline) co_return Error(Errc::broker_unreachable, attempt.detail);
    timer.expires_after(delay);
    delay = std::min(delay * 2, milliseconds(50));
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

void Session::limit_upstream(SteadyClock::duration limit) {
  keep_alive_.expires_after(limit);
  keep_alive_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self) self->close_upstream();
  });
}

void Session::close_upstream() {
  boost::system::error_code ignored;
  upstream_.close(ignored);
}

asio::awaitable<result<std::size_t>> Session::read_broker() {
  boost::system::error_code ec;
  while (upstream_.is_open()) {
    const auto n = ::recv(upstream_.native_handle(), shard_.scratch.data(), shard_.scratch.size(), MSG_DONTWAIT);
    if (n >= 0) co_return static_cast<std::size_t>(n);
    if (errno == ECONNRESET) co_return std::size_t{0};
    if (errno != EAGAIN && errno != EINTR) co_return Error(Errc::io_error, std::strerror(errno));
    co_await upstream_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
    if (ec && ec != asio::error::operation_aborted) co_return Error(Errc::io_error, ec.message());
  }
  co_return Error(Errc::broker_unreachable, "no answer within its limit");
}

asio::awaitable<result<void>> Session::write_broker(std::string_view bytes) {
  boost::system::error_code ec;
  while (!bytes.empty()) {
    if (!upstream_.is_open()) co_return Error(Errc::broker_unreachable, "the connection was closed");
    const auto n = ::send(upstream_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) co_return Error(Errc::broker_unreachable, std::strerror(errno));
    co_await upstream_.async_wait(asio::socket_base::wait_write, asio::redirect_error(asio::use_awaitable, ec));
  }
  co_return result<void>();
}

}  // namespace firstlight::fakes::edge
