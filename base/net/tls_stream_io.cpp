#include "base/net/tls_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace firstlight {

namespace asio = boost::asio;
using asio::ip::tcp;

TlsStream::TlsStream(tcp::socket socket, SslPtr ssl)
    : socket_(std::move(socket)),
      ssl_(std::move(ssl)),
      timer_(socket_.get_executor()),
      self_(std::make_shared<TlsStream*>(this)) {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  SSL_set_fd(ssl_.get(), static_cast<int>(socket_.native_handle()));
}

TlsStream::~TlsStream() {
  *self_ = nullptr;
}

void TlsStream::expires_after(SteadyClock::duration limit, Errc on_timeout) {
  expired_.reset();
  timer_.expires_after(limit);
  timer_.async_wait([self = std::weak_ptr(self_), on_timeout](const boost::system::error_code& ec) {
    const auto alive = self.lock();
    if (ec || !alive || *alive == nullptr) return;
    if ((*alive)->timer_.expiry() > SteadyClock::now()) return;  // armed again since
    (*alive)->expired_ = on_timeout;
    (*alive)->cancel();
  });
}

void TlsStream::expires_never() {
  expired_.reset();
  timer_.cancel();
}

asio::awaitable<result<void>> TlsStream::wait(Want want) {
  if (expired_) co_return Error(*expired_);
  boost::system::error_code ec;
  const auto kind = want == Want::read ? tcp::socket::wait_read : tcp::socket::wait_write;
  co_await socket_.async_wait(kind, asio::redirect_error(asio::use_awaitable, ec));
  if (expired_) co_return Error(*expired_);
  // Closed after the readiness was queued: the descriptor's number may belong to somebody else by now.
  if (!socket_.is_open()) co_return Error(Errc::cancelled);
  if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return Error(Errc::cancelled);
  if (ec) co_return Error(Errc::io_error, ec.message());
  co_return result<void>();
}

Error TlsStream::failure(int ssl_error, Errc otherwise) {
  const int os_error = errno;
  // The newest: OpenSSL queues what led to a verdict (a signature that failed) before the verdict itself.
  const auto code = ERR_peek_last_error();
  if (ssl_error == SSL_ERROR_SSL && ERR_GET_LIB(code) == ERR_LIB_SSL) {
    const int reason = ERR_GET_REASON(code);
    if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
      alert_ = reason - SSL_AD_REASON_OFFSET;
      ERR_clear_error();
      return {Errc::tls_alert, fmt::format("{} ({})", SSL_alert_desc_string_long(*alert_), *alert_)};
    }
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      ERR_clear_error();
      return {Errc::tls_peer_untrusted, X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()))};
    }
    if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      ERR_clear_error();
      return {Errc::certificate_missing};
    }
    if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      return {Errc::connection_closed};
    }
  }
  if (ssl_error == SSL_ERROR_SYSCALL) {
    ERR_clear_error();
    if (os_error == ECONNRESET || os_error == EPIPE) return {Errc::connection_reset};
    if (os_error == 0) return {Errc::connection_closed};
    return {Errc::io_error, std::strerror(os_error)};
  }
  return {otherwise, take_openssl_error()};
}

asio::awaitable<result<void>> TlsStream::handshake() {
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int n = SSL_do_handshake(ssl_.get());
    if (n == 1) co_return result<void>();
    const int e = SSL_get_error(ssl_.get(), n);
    if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) {
      if (e == SSL_ERROR_ZERO_RETURN) co_return Error(Errc::connection_closed);
      co_return failure(e, Errc::tls_failed);
    }
    auto ready = co_await wait(e == SSL_ERROR_WANT_READ ? Want::read : Want::write);
    if (!ready) co_return ready.error();
  }
}

asio::awaitable<result<std::size_t>> TlsStream::read_some(std::span<char> buffer) {
  for (;;) {
    if (expired_) co_return Error(*expired_);
    if (!socket_.is_open()) co_return Error(Errc::cancelled);
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    const int ok = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &n);
    if (ok == 1) co_return n;
    const int e = SSL_get_error(ssl_.get(), ok);
    if (e == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
    if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) {
      const auto why = failure(e, Errc::tls_failed);
      if (why.code == Errc::connection_closed)
        co_return std::size_t{0};  // FIN without close_notify, as many firmwares do
      co_return why;
    }
    auto ready = co_await wait(e == SSL_ERROR_WANT_READ ? Want::read : Want::write);
    if (!ready) co_return ready.error();
  }
}

asio::awaitable<result<void>> TlsStream::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (expired_) co_return Error(*expired_);
    if (!socket_.is_open()) co_return Error(Errc::cancelled);
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    const int ok = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n);
    if (ok == 1) {
      bytes.remove_prefix(n);
      continue;
    }
    const int e = SSL_get_error(ssl_.get(), ok);
    if (e == SSL_ERROR_ZERO_RETURN) co_return Error(Errc::connection_closed);
    if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) co_return failure(e, Errc::tls_failed);
    auto ready = co_await wait(e == SSL_ERROR_WANT_READ ? Want::read : Want::write);
    if (!ready) co_return ready.error();
  }
  co_return result<void>();
}

void TlsStream::close() {
  timer_.cancel();
  if (!socket_.is_open()) return;
  if (SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void TlsStream::abort() {
  timer_.cancel();
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void TlsStream::cancel() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<result<tcp::socket>> connect_tcp(tcp::endpoint peer, std::optional<asio::ip::address> source,
                                                 SteadyClock::duration limit) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  boost::system::error_code ec;
  socket.open(peer.protocol(), ec);
  if (ec) co_return Error(Errc::connect_failed, ec.message());
  if (source) {
    using late_port = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;
    if (source->is_v4()) socket.set_option(late_port(true), ec);
    socket.bind(tcp::endpoint(*source, 0), ec);
    if (ec) co_return Error(Errc::address_unusable, source->to_string() + ": " + ec.message());
  }
  asio::steady_timer timer(executor, limit);
  bool timed_out = false;
  timer.async_wait([&](const boost::system::error_code& e) {
    if (e) return;
    timed_out = true;
    boost::system::error_code ignored;
    socket.cancel(ignored);
  });
  co_await socket.async_connect(peer, asio::redirect_error(asio::use_awaitable, ec));
  // The timer's handler refers to this frame: let it run out before the frame ends.
  const bool fired = timer.cancel() == 0;
  if (fired && !timed_out) co_await asio::post(executor, asio::use_awaitable);
  if (!ec) {
    if (timed_out) co_return Error(Errc::connect_timeout);
    co_return std::move(socket);
  }
  if (timed_out) co_return Error(Errc::connect_timeout);
  if (ec == asio::error::connection_refused) co_return Error(Errc::connect_refused);
  if (ec == asio::error::connection_reset) co_return Error(Errc::connection_reset);
  if (ec == asio::error::operation_aborted) co_return Error(Errc::cancelled);
  co_return Error(Errc::connect_failed, ec.message());
}

}  // namespace firstlight
