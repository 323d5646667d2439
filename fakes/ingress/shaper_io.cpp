#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "fakes/ingress/shaper.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;
using fault::LinkPlan;
using Reset = LinkPlan::Reset::When;

namespace {
constexpr std::size_t kMostQueued = 256 * 1024;
constexpr std::size_t kRecordHeader = 5;              // of TLS (RFC 8446 §5.1)
constexpr auto kLookAgain = std::chrono::seconds(1);  // at a partition that has no end, or has just ended
}  // namespace

Shaper::Shaper(Shard& shard, asio::ip::tcp::socket device, LinkPlan plan, Rules rules,
               std::shared_ptr<Proofs<LinkPlan>> proofs)
    : shard_(shard),
      device_(std::move(device)),
      lab_(shard.io()),
      plan_(plan),
      rules_(std::move(rules)),
      proofs_(std::move(proofs)),
      to_lab_(shard.io()),
      to_device_(shard.io()) {
  boost::system::error_code ignored;
  device_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

result<asio::ip::tcp::socket> Shaper::start() {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return Error(Errc::io_error, std::string("socketpair: ") + std::strerror(errno));
  boost::system::error_code ec;
  lab_.assign(asio::local::stream_protocol(), pair[0], ec);
  asio::ip::tcp::socket server(shard_.io());
  // The server's code is written for TCP; of the socket it uses only what all stream sockets have.
  server.assign(asio::ip::tcp::v4(), pair[1], ec);
  for (const auto way : {Way::to_lab, Way::to_device}) {
    asio::co_spawn(shard_.io(), read(shared_from_this(), way), asio::detached);
    asio::co_spawn(shard_.io(), write(shared_from_this(), way), asio::detached);
  }
  return server;
}

void Shaper::swallow(std::function<void()> on_first_bytes) {
  asio::co_spawn(shard_.io(), discard(shared_from_this(), std::move(on_first_bytes)), asio::detached);
}

void Shaper::reset() {
  boost::system::error_code ignored;
  device_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void Shaper::close() {
  closed_ = true;
  boost::system::error_code ignored;
  device_.close(ignored);
  lab_.close(ignored);
  to_lab_.changed.cancel();
  to_device_.changed.cancel();
}

// -- reading ------------------------------------------------------------------------------------------------------

asio::awaitable<void> Shaper::readable(Way way) {
  boost::system::error_code ec;
  if (way == Way::to_lab)
    co_await device_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
  else
    co_await lab_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<void> Shaper::read(std::shared_ptr<Shaper> self, Way way) {
  auto& d = self->direction(way);
  std::vector<char> buffer(4096);
  boost::system::error_code ec;
  while (!self->closed_) {
    const auto n = ::recv(self->source(way), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) {
      self->take(way, std::string(buffer.data(), static_cast<std::size_t>(n)));
      while (!self->closed_ && d.queued > kMostQueued) {
        d.changed.expires_at(SteadyClock::time_point::max());
        co_await d.changed.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      }
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      co_await self->readable(way);
      continue;
    }
    break;
  }
  d.ended = true;
  d.changed.cancel();
  // The device is gone, or nobody would tell it that the lab is.
  if (way == Way::to_lab && (self->stalled_ || self->rules_.on_first_record)) self->close();
}

void Shaper::take(Way way, std::string bytes) {
  if (way == Way::to_lab && plan_.reset && plan_.reset->when == Reset::before_tls) {
    proofs_->fired_for(&LinkPlan::reset, "when the ClientHello had arrived");
    return reset();
  }
  auto& d = direction(way);
  limit(way, bytes);
  if (bytes.empty()) return reset_when_drained();
  passed_ += static_cast<std::int64_t>(bytes.size());
  if (!plan_.slice || way == Way::to_lab) return enqueue(d, std::move(bytes), Duration{0});
  proofs_->fired_for(&LinkPlan::slice, fmt::format("pieces of {} bytes", plan_.slice->bytes));
  const auto size = static_cast<std::size_t>(plan_.slice->bytes);
  for (std::size_t i = 0; i < bytes.size(); i += size) enqueue(d, bytes.substr(i, size), plan_.slice->pause);
}

/// First arrives what may pass, both ways, and only then comes the reset.
void Shaper::reset_when_drained() {
  if (!resets_ || to_lab_.queued > 0 || to_device_.queued > 0) return;
  proofs_->fired_for(&LinkPlan::reset, fmt::format("after {} bytes", plan_.reset->bytes));
  reset();
}

/// Takes away what must not pass.
void Shaper::limit(Way way, std::string& bytes) {
  const auto keep = [&](std::int64_t most) {
    if (static_cast<std::int64_t>(bytes.size()) <= most) return false;
    bytes.resize(static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
    return true;
  };
  if (stalled_ || (half_closed_ && way == Way::to_device)) return bytes.clear();
  if (rules_.on_first_record && way == Way::to_device) {
    if (!record_left_ && bytes.size() >= kRecordHeader) {
      const auto high = static_cast<unsigned char>(bytes[3]), low = static_cast<unsigned char>(bytes[4]);
      record_left_ = kRecordHeader + (static_cast<std::size_t>(high) << 8 | low);
    }
    const auto left = record_left_.value_or(bytes.size());
    if (keep(static_cast<std::int64_t>(left))) rules_.on_first_record();
    if (record_left_) *record_left_ -= std::min(left, bytes.size());
  }
  if (plan_.stall_after && keep(*plan_.stall_after - passed_)) {
    stalled_ = true;
    proofs_->fired_for(&LinkPlan::stall_after, fmt::format("after {} bytes", *plan_.stall_after));
  }
  if (plan_.half_close_after && way == Way::to_device && keep(*plan_.half_close_after - passed_)) {
    half_closed_ = true;
    to_device_.changed.cancel();
  }
  if (plan_.reset && plan_.reset->when == Reset::after_bytes) {
    keep(plan_.reset->bytes - passed_);
    resets_ = resets_ || passed_ + static_cast<std::int64_t>(bytes.size()) >= plan_.reset->bytes;
  }
}

Duration Shaper::delay() {
  if (plan_.latency.none()) return Duration{0};
  const double unit = rules_.random.next_unit();
  const auto spread = static_cast<double>(plan_.latency.spread.count());
  const double extra = plan_.latency.exponential ? -std::log1p(-unit) * spread : unit * spread;
  proofs_->fired_for(&LinkPlan::latency, fmt::format("{} and up to {} more", format_duration(plan_.latency.base),
                                                     format_duration(plan_.latency.spread)));
  return plan_.latency.base + Duration(static_cast<std::int64_t>(extra));
}

void Shaper::enqueue(Direction& d, std::string bytes, Duration gap) {
  auto due = std::max(SteadyClock::now() + delay(), d.last_due + gap);
  if (plan_.bytes_per_second > 0) {
    proofs_->fired_for(&LinkPlan::bytes_per_second, fmt::format("{} bytes a second", plan_.bytes_per_second));
    due += std::chrono::nanoseconds(static_cast<std::int64_t>(bytes.size()) * 1'000'000'000 / plan_.bytes_per_second);
  }
  d.last_due = due;
  d.queued += bytes.size();
  d.queue.push_back({std::move(bytes), due});
  d.changed.cancel();
}

// -- writing ------------------------------------------------------------------------------------------------------

asio::awaitable<void> Shaper::sleep_until(SteadyClock::time_point when) {
  asio::steady_timer timer(shard_.io(), when);
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

/// When to look again, while a partition is on or the flapping link is down; nothing: the link is up.
std::optional<SteadyClock::time_point> Shaper::held_until() {
  const auto now = SteadyClock::now();
  std::optional<SteadyClock::time_point> until;
  for (const auto* rule : rules_.partitions) {
    if (!rules_.engine->active(*rule, rules_.camera)) continue;
    proofs_->fired(*rule);  // something waits because of that one
    const auto change = rules_.engine->next_change(*rule, rules_.camera).value_or(now + kLookAgain);
    until = std::min(until.value_or(change), change);
  }
  if (until || !plan_.flap) return until;
  const auto period = plan_.flap->up + plan_.flap->down;
  const auto phase = std::chrono::duration_cast<Duration>(now - born_) % period;
  if (phase < plan_.flap->up) return until;
  proofs_->fired_for(&LinkPlan::flap);
  return now + (period - phase);
}

/// Waits while the link is down.
asio::awaitable<void> Shaper::pass_hold() {
  while (!closed_) {
    const auto until = held_until();
    if (!until) co_return;
    co_await sleep_until(*until);
  }
}

asio::awaitable<bool> Shaper::send(Way way, std::string_view bytes) {
  boost::system::error_code ec;
  while (!bytes.empty() && !closed_) {
    const int to = way == Way::to_lab ? lab_.native_handle() : device_.native_handle();
    const auto n = ::send(to, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return false;
    if (way == Way::to_lab)
      co_await lab_.async_wait(asio::socket_base::wait_write, asio::redirect_error(asio::use_awaitable, ec));
    else
      co_await device_.async_wait(asio::socket_base::wait_write, asio::redirect_error(asio::use_awaitable, ec));
  }
  co_return !closed_;
}

asio::awaitable<void> Shaper::write(std::shared_ptr<Shaper> self, Way way) {
  auto& d = self->direction(way);
  boost::system::error_code ec;
  bool end_reported = false;
  while (!self->closed_) {
    if (d.queue.empty()) {
      if (way == Way::to_device && self->half_closed_ && !std::exchange(end_reported, true)) {
        co_await self->pass_hold();
        if (self->closed_) break;
        self->device_.shutdown(asio::socket_base::shutdown_send, ec);
        self->proofs_->fired_for(&LinkPlan::half_close_after,
                                 fmt::format("after {} bytes", *self->plan_.half_close_after));
      }
      if (d.ended) {
        co_await self->pass_hold();  // the end of a direction arrives no sooner than its bytes would
        break;
      }
      d.changed.expires_at(SteadyClock::time_point::max());
      co_await d.changed.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    auto piece = std::move(d.queue.front());
    d.queue.pop_front();
    if (piece.due > SteadyClock::now()) co_await self->sleep_until(piece.due);
    co_await self->pass_hold();
    const bool sent = co_await self->send(way, piece.bytes);
    d.queued -= piece.bytes.size();
    d.changed.cancel();
    if (!sent) break;
    self->reset_when_drained();
  }
  if (self->closed_ || self->stalled_ || self->rules_.on_first_record) co_return;
  if (way == Way::to_lab)
    self->lab_.shutdown(asio::socket_base::shutdown_send, ec);
  else if (!self->half_closed_)
    self->close();
}

asio::awaitable<void> Shaper::discard(std::shared_ptr<Shaper> self, std::function<void()> on_first_bytes) {
  std::vector<char> buffer(4096);
  while (!self->closed_) {
    const auto n = ::recv(self->device_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) {
      if (const auto tell = std::exchange(on_first_bytes, {})) tell();
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n == 0 || errno != EAGAIN) break;
    co_await self->readable(Way::to_lab);
  }
  self->close();
}

}  // namespace firstlight::fakes
