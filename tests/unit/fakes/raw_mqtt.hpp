// An MQTT client by hand over OpenSSL, for what other people's programs cannot be made to do or to show: each byte that
// the edge sends, and how the connection ends. Used by the edge's tests.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "base/net/tls_context.hpp"
#include "tests/unit/fakes/edge_support.hpp"

namespace firstlight::test {

class RawMqtt {
 public:
  RawMqtt(EdgeLab& lab, const Identity& who, const char* source = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in to{}, from{};
    to.sin_family = from.sin_family = AF_INET;
    inet_pton(AF_INET, source, &from.sin_addr);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from), 0);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(lab.port)));
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    context_ = std::move(make_client_context(crypto_, lab.lab.authority.certificate_chain).value());
    const auto pem = [](const std::string& path) { return fakes::iot::run_command("cat '" + path + "'").output; };
    const auto certificate = wire::parse_certificate(crypto_, pem(who.certificate_file)).value().release();
    const auto key = wire::parse_private_key(crypto_, pem(who.key_file)).value().release();
    SSL_CTX_use_certificate(context_.get(), certificate);
    SSL_CTX_use_PrivateKey(context_.get(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ssl_.reset(SSL_new(context_.get()));
    require_peer_name(ssl_.get(), "localhost");
    SSL_set_fd(ssl_.get(), fd_);
    EXPECT_EQ(SSL_connect(ssl_.get()), 1) << take_openssl_error();
  }
  ~RawMqtt() {
    ssl_.reset();
    ::close(fd_);
  }
  RawMqtt(const RawMqtt&) = delete;
  RawMqtt& operator=(const RawMqtt&) = delete;
  void send(const std::string& bytes) {
    EXPECT_EQ(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())), static_cast<int>(bytes.size()));
  }
  [[nodiscard]] bool readable_within(std::chrono::milliseconds limit) const {
    pollfd p{fd_, POLLIN, 0};
    return ::poll(&p, 1, static_cast<int>(limit.count())) > 0;
  }
  /// Until `n` bytes came, or the connection ended.
  std::string receive(std::size_t n) {
    std::string got;
    std::array<char, 4096> buffer{};
    while (got.size() < n) {
      const auto wanted = std::min(n - got.size(), buffer.size());
      const int read = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(wanted));
      if (read <= 0) break;
      got.append(buffer.data(), static_cast<std::size_t>(read));
    }
    return got;
  }
  /// Reads to the end: "close_notify", "FIN", "RST", or "open" when none came in ten seconds; bytes are in `rest`.
  std::string end() {
    std::array<char, 4096> buffer{};
    for (;;) {
      errno = 0;
      const int read = SSL_read(ssl_.get(), buffer.data(), buffer.size());
      if (read > 0) {
        rest.append(buffer.data(), static_cast<std::size_t>(read));
        continue;
      }
      const int why = SSL_get_error(ssl_.get(), read), number = errno;
      (void)take_openssl_error();
      if (why == SSL_ERROR_ZERO_RETURN) return "close_notify";
      if (number == ECONNRESET) return "RST";
      return number == EAGAIN ? "open" : "FIN";
    }
  }
  std::string rest;

 private:
  CryptoContext crypto_;
  int fd_;
  SslCtxPtr context_;
  SslPtr ssl_;
};

inline std::string connect_packet(const std::string& id, char level, char keep_alive, bool clean = true) {
  using namespace std::string_literals;
  std::string body = "\x00\x04MQTT"s + level + (clean ? '\x02' : '\x00') + '\0' + keep_alive;
  if (level == 5) body += '\0';
  body += '\0';
  body += static_cast<char>(id.size());
  body += id;
  return "\x10"s + static_cast<char>(body.size()) + body;
}

inline std::string subscribe_packet(const std::string& filter, bool v5) {
  std::string body = std::string("\x00\x01", 2) + (v5 ? std::string(1, '\0') : "") + '\0' +
                     static_cast<char>(filter.size()) + filter + '\x01';
  return "\x82" + std::string(1, static_cast<char>(body.size())) + body;
}

/// QoS 1, packet id 2.
inline std::string publish_packet(const std::string& topic, const std::string& payload, bool v5) {
  std::string body = std::string(1, '\0') + static_cast<char>(topic.size()) + topic + std::string("\x00\x02", 2) +
                     (v5 ? std::string(1, '\0') : "") + payload;
  return "\x32" + std::string(1, static_cast<char>(body.size())) + body;  // below 128 bytes
}

inline const std::string kPingreq("\xC0\x00", 2), kPingresp("\xD0\x00", 2), kDisconnect("\xE0\x00", 2);

}  // namespace firstlight::test
