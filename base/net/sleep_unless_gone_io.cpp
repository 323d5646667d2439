#include <poll.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/net/sleep_unless_gone.hpp"

namespace firstlight {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// With unread bytes a wait for readiness would end at once each time, so the socket is looked at so often instead.
constexpr std::chrono::seconds kLook{1};

short state_of(tcp::socket& socket) {
  pollfd p{socket.native_handle(), POLLIN | POLLRDHUP, 0};
  return ::poll(&p, 1, 0) > 0 ? p.revents : short{0};
}

/// Until the socket has something to say or the time has come; false when the owner cancelled the wait.
asio::awaitable<bool> wait_for_news(tcp::socket& socket, SteadyClock::time_point until) {
  asio::steady_timer timer(socket.get_executor(), until);
  bool late = false;
  timer.async_wait([&](const boost::system::error_code& ended) {
    if (ended) return;
    late = true;
    boost::system::error_code ignored;
    socket.cancel(ignored);
  });
  boost::system::error_code ec;
  co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, ec));
  // The timer's handler refers to this frame: let it run out before the frame ends.
  if (timer.cancel() == 0 && !late) co_await asio::post(socket.get_executor(), asio::use_awaitable);
  co_return !ec || late;
}

}  // namespace

bool has_gone(tcp::socket& socket) {
  return !socket.is_open() || (state_of(socket) & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

asio::awaitable<bool> sleep_unless_gone(tcp::socket& socket, SteadyClock::duration duration) {
  const auto until = SteadyClock::now() + duration;
  for (;;) {
    if (has_gone(socket)) co_return false;
    const auto now = SteadyClock::now();
    if (now >= until) co_return true;
    if ((state_of(socket) & POLLIN) != 0) {
      asio::steady_timer timer(socket.get_executor(), std::min<SteadyClock::time_point>(until, now + kLook));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    const bool undisturbed = co_await wait_for_news(socket, until);
    if (!undisturbed) co_return false;
  }
}

}  // namespace firstlight
