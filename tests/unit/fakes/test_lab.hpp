// A lab without cameras and broker for tests of HTTPS servers on real sockets, and a blocking TLS client that is not
// ours but OpenSSL's, so that both sides do not share one mistake. Used by the server tests of this folder.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/net/tls_context.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/pki/authority.hpp"

namespace firstlight::test {

/// Front thread, two shards, a journal kept in memory. Servers are to be destroyed after end() or before it, as they
/// like; end() is what the lab does: front first, then the shards.
class TestLab {
 public:
  TestLab()
      : sims(false),
        guard_(boost::asio::make_work_guard(front)),
        shards(2, "lab"),
        journal(journal::Journal::open("", {}, [this](const journal::Event& e) { keep(e); }).value()) {
    std::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes to sockets that the peer may have closed
    for (unsigned i = 0; i < shards.size(); ++i) lanes.push_back(journal->lane());
    const CryptoContext crypto;
    authority = fakes::iot::make_authority(crypto, "Test root", clock.now());
    identity = fakes::iot::issue_server_identity(crypto, authority, {"localhost"}, {"127.0.0.1"}, clock.now());
    shards.start();
    front_thread_ = std::thread([this] { front.run(); });
  }
  ~TestLab() { end(); }

  void end() {
    if (!front_thread_.joinable()) return;
    guard_.reset();
    front.stop();
    front_thread_.join();
    shards.stop();
    journal->close();
  }

  fakes::LabContext context() { return {front, shards, *journal, lanes, sims, clock}; }

  /// What the journal holds of one kind; after end().
  template <class Payload>
  std::vector<std::pair<journal::Event, Payload>> events() {
    std::vector<std::pair<journal::Event, Payload>> found;
    const std::lock_guard lock(mutex_);
    for (const auto& e : events_)
      if (const auto* p = std::get_if<Payload>(&e.payload)) found.emplace_back(e, *p);
    return found;
  }

  fakes::SimTable sims;
  WallClock clock;
  fakes::iot::AuthorityPem authority;
  wire::IdentityPem identity;
  boost::asio::io_context front;

 private:
  void keep(const journal::Event& e) {
    const std::lock_guard lock(mutex_);
    events_.push_back(e);
  }
  std::mutex mutex_;
  std::vector<journal::Event> events_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread front_thread_;

 public:
  ShardSet shards;
  std::vector<journal::Lane> lanes;
  std::unique_ptr<journal::Journal> journal;
};

/// A blocking client of one connection. Reads give up after five seconds, so no test hangs.
class Client {
 public:
  enum class Tls { yes, no };

  Client(TestLab& lab, unsigned short port, const char* source = "127.0.0.1", Tls tls = Tls::yes)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    receive_limit(std::chrono::seconds(5));
    sockaddr_in from{}, to{};
    from.sin_family = to.sin_family = AF_INET;
    inet_pton(AF_INET, source, &from.sin_addr);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    to.sin_port = htons(port);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from), 0);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    if (tls == Tls::no) return;
    context_ = std::move(make_client_context(crypto_, lab.authority.certificate_chain).value());
    ssl_.reset(SSL_new(context_.get()));
    require_peer_name(ssl_.get(), "localhost");
    SSL_set_fd(ssl_.get(), fd_);
    EXPECT_EQ(SSL_connect(ssl_.get()), 1) << take_openssl_error();
  }
  ~Client() {
    ssl_.reset();
    ::close(fd_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void receive_limit(std::chrono::microseconds limit) {
    timeval t{};
    t.tv_sec = limit.count() / 1'000'000;
    t.tv_usec = limit.count() % 1'000'000;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
  }
  bool send(std::string_view bytes) {
    if (!ssl_) return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    std::size_t n = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n) == 1;
  }
  /// Ends this direction as a program that exits does, but reads on, so that a test sees what the server does then.
  void leave() {
    if (ssl_) SSL_shutdown(ssl_.get());
    ::shutdown(fd_, SHUT_WR);
  }
  /// Whether the server has ended the connection, after anything that it may still have sent; false after ten seconds.
  bool ended_by_server() {
    receive_limit(std::chrono::seconds(10));
    char buffer[4096];
    for (;;) {
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) return got == 0 || errno == ECONNRESET;
    }
  }
  enum class Got { bytes, end, nothing_yet };
  Got receive_some() {
    char buffer[4096];
    std::size_t n = 0;
    if (!ssl_) {
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got < 0) return errno == EAGAIN ? Got::nothing_yet : Got::end;
      n = static_cast<std::size_t>(got);
      if (n == 0) return Got::end;
    } else if (const int ok = SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &n); ok != 1) {
      return SSL_get_error(ssl_.get(), ok) == SSL_ERROR_WANT_READ ? Got::nothing_yet : Got::end;
    }
    received.append(buffer, n);
    return Got::bytes;
  }
  /// Until the server ends the connection; false when it does not.
  bool receive_all() {
    for (;;) {
      const auto got = receive_some();
      if (got != Got::bytes) return got == Got::end;
    }
  }
  /// The next response, by its Content-Length.
  std::string receive_response() {
    for (;;) {
      const auto head = received.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto at = received.find("Content-Length: ");
        const auto length = at < head ? std::stoul(received.substr(at + 16)) : 0;
        if (received.size() >= head + 4 + length) {
          auto response = received.substr(0, head + 4 + length);
          received.erase(0, head + 4 + length);
          return response;
        }
      }
      if (receive_some() != Got::bytes) return "(none) " + received;
    }
  }

  std::string received;

 private:
  CryptoContext crypto_;
  int fd_;
  SslCtxPtr context_;
  SslPtr ssl_;
};

/// Whether `json` is valid by docs/api; what is not is printed.
inline bool valid_by_schema(const std::string& kind, const std::string& json) {
  const auto command = "/usr/bin/python3 " FIRSTLIGHT_SOURCE_DIR "/tests/support/validate_schema.py " + kind + " -";
  FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) return false;
  std::fwrite(json.data(), 1, json.size(), pipe);
  return ::pclose(pipe) == 0;
}

}  // namespace firstlight::test
