// A TLS connection over a non-blocking socket: OpenSSL reads and writes the descriptor itself (SSL_set_fd) and Asio
// only waits for readiness, which costs a third of the memory of asio::ssl::stream. Client or server; one reader and
// one writer at a time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace firstlight {

class TlsStream {
 public:
  /// `ssl` must be set to connect or accept state. The socket is made non-blocking, with TCP_NODELAY.
  TlsStream(boost::asio::ip::tcp::socket socket, SslPtr ssl);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// Every operation that is pending or starts later fails with `on_timeout` after `limit` from now, until the next
  /// call. Ends the connection's use: after a timeout only close() and abort() are meaningful.
  void expires_after(SteadyClock::duration limit, Errc on_timeout);
  void expires_never();

  /// Errors: tls-handshake-timeout (as armed), tls-peer-untrusted (detail: OpenSSL's verify error), tls-alert (detail:
  /// the alert's name and number; see alert()), connection-reset, connection-closed, tls-failed.
  boost::asio::awaitable<result<void>> handshake();

  /// At least one byte, or 0 when the peer ended the stream (close_notify or FIN).
  boost::asio::awaitable<result<std::size_t>> read_some(std::span<char> buffer);
  boost::asio::awaitable<result<void>> write_all(std::string_view bytes);

  /// Sends close_notify (without waiting for the peer's) and closes the socket.
  void close();
  /// Closes with a TCP reset (SO_LINGER 0).
  void abort();
  /// Makes pending operations fail with `cancelled`; safe to call from the stream's own shard only.
  void cancel();

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] SSL* ssl() { return ssl_.get(); }
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
  /// The fatal alert that the peer sent, if any (RFC 8446 §6.2): 45 certificate_expired, 46 certificate_unknown, 48
  /// unknown_ca, …
  [[nodiscard]] std::optional<int> alert() const { return alert_; }

 private:
  enum class Want { read, write };
  boost::asio::awaitable<result<void>> wait(Want want);
  Error failure(int ssl_error, Errc otherwise);

  boost::asio::ip::tcp::socket socket_;
  SslPtr ssl_;
  boost::asio::steady_timer timer_;
  std::optional<Errc> expired_;
  std::optional<int> alert_;
  std::shared_ptr<TlsStream*> self_;  // the timer's handler may outlive the stream
};

/// TCP connect with a limit. `source` binds the local address first (port chosen by the kernel late, so ports never run
/// out); nothing binds none. Errors: connect-refused, connect-timeout, connect-failed, address-unusable.
boost::asio::awaitable<result<boost::asio::ip::tcp::socket>> connect_tcp(boost::asio::ip::tcp::endpoint peer,
                                                                         std::optional<boost::asio::ip::address> source,
                                                                         SteadyClock::duration limit);

}  // namespace firstlight
