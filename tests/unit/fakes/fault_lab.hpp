// One HTTPS server with the fault points of Endorse and rules at them, and a device's end of a connection that shows
// what the kernel and OpenSSL really see. Used by the tests of the faults at `link`, `tls` and `*.http`.
#pragma once

#include <openssl/err.h>
#include <poll.h>

#include <boost/asio/post.hpp>
#include <future>

#include "base/net/tls_context.hpp"
#include "fakes/pki/server_identities.hpp"
#include "tests/unit/fakes/logic_support.hpp"
#include "tests/unit/fakes/test_lab.hpp"

namespace firstlight::test {

inline constexpr const char* kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Camera n has the address 127.16.0.n, as in a run.
inline std::string camera_address(std::uint32_t n) {
  return "127.16.0." + std::to_string(n);
}

/// The rule means these cameras only.
inline fault::Rule only_for(fault::Rule rule, std::uint32_t first, std::uint32_t last) {
  rule.cameras.assign(last + 1, false);
  for (auto n = first; n <= last; ++n) rule.cameras[n] = true;
  return rule;
}

class FaultLab {
 public:
  static constexpr std::uint32_t kCameras = 250;

  explicit FaultLab(std::vector<fault::Rule> rules) : faults(1, "test", kCameras, std::move(rules)) {
    for (std::uint32_t n = 1; n <= kCameras; ++n) {
      const auto address = boost::asio::ip::make_address(camera_address(n));
      auto sim = fakes::derive_sim(address);
      sim.camera = n;
      lab.sims.list(address, std::move(sim));
    }
    const auto now = SteadyClock::now();
    faults.start(now, now);
    fakes::HttpsServerConfig config;
    config.source = journal::Source::endorse;
    config.identity = lab.identity;
    config.faults = {fault::Point::link_endorse, fault::Point::tls_endorse, fault::Point::endorse_http};
    fakes::LabContext context{lab.front, lab.shards, *lab.journal, lab.lanes, lab.sims, lab.clock, faults, &identities};
    server = fakes::HttpsServer::start(context, std::move(config), [this](const auto& peer, const auto& request) {
               return answer(peer, request);
             }).value();
    port = server->port();
  }
  ~FaultLab() { lab.end(); }

  /// On the front thread, where listening sockets belong.
  result<void> on_front(const std::function<result<void>(fakes::Listeners&)>& work) {
    std::promise<result<void>> done;
    boost::asio::post(lab.front, [&] { done.set_value(work(server->listeners())); });
    return done.get_future().get();
  }
  result<void> set_port(PortState state, std::uint32_t camera = 0) {
    return on_front([&](auto& listeners) { return listeners.set_port(camera, state); });
  }
  /// A whole request of another camera, from connecting to the answer.
  bool serves(std::uint32_t camera = kCameras) {
    Client healthy(lab, port, camera_address(camera).c_str());
    healthy.send("GET /healthy HTTP/1.1\r\nHost: x\r\n\r\n");
    return healthy.receive_response().starts_with("HTTP/1.1 200 OK\r\n");
  }
  /// Polls until that rule has fired so often; false after ten seconds.
  bool fired(const std::string& rule, std::size_t times = 1) {
    const auto deadline = SteadyClock::now() + std::chrono::seconds(10);
    while (count(rule) < times) {
      if (SteadyClock::now() > deadline) return false;
      ::poll(nullptr, 0, 5);
    }
    return true;
  }
  std::size_t count(const std::string& rule) {
    std::size_t n = 0;
    for (const auto& [event, f] : lab.events<journal::FaultFired>()) n += f.rule == rule ? 1 : 0;
    return n;
  }
  /// Ends the lab: what it journaled then is all. "rule/point/effect camera attempt", in order.
  std::vector<std::string> firings() {
    lab.end();
    std::vector<std::string> all;
    for (const auto& [event, f] : lab.events<journal::FaultFired>())
      all.push_back(f.rule + "/" + f.point + "/" + f.effect + " " + std::to_string(event.camera) + " " +
                    std::to_string(f.attempt));
    return all;
  }

  fault::Engine faults;
  TestLab lab;
  fakes::ServerIdentities identities{lab.authority, {"localhost"}, {"127.0.0.1"}, lab.clock};
  std::unique_ptr<fakes::HttpsServer> server;
  unsigned short port = 0;
  std::atomic<int> asked{0};  // requests that reached the service
  std::string body = "the service's answer";

 private:
  boost::asio::awaitable<fakes::HttpAnswer> answer(const fakes::HttpPeer&, const wire::HttpRequest&) {
    ++asked;
    wire::HttpResponse response;
    response.content_type = "text/plain";
    response.body = body;
    co_return response;
  }
};

/// A TCP connection from a camera's address. Reads give up after ten seconds, so that no test hangs.
class Device {
 public:
  enum class End { open, fin, reset };

  explicit Device(unsigned short port, std::uint32_t camera = 1, const char* destination = "127.0.0.1")
      : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in from{}, to{};
    from.sin_family = to.sin_family = AF_INET;
    inet_pton(AF_INET, camera_address(camera).c_str(), &from.sin_addr);
    inet_pton(AF_INET, destination, &to.sin_addr);
    to.sin_port = htons(port);
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from), 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) connect_error = errno;
  }
  ~Device() { ::close(fd); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  bool send(std::string_view bytes) const {
    return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Exactly so many bytes, or fewer when the connection ends or nothing more comes; see `end`.
  std::string receive(std::size_t most = SIZE_MAX) {
    std::string got;
    while (got.size() < most) {
      std::array<char, 4096> buffer{};
      const auto n = ::recv(fd, buffer.data(), std::min(buffer.size(), most - got.size()), 0);
      if (n > 0) {
        got.append(buffer.data(), static_cast<std::size_t>(n));
        continue;
      }
      if (n == 0) end = End::fin;
      if (n < 0 && errno == ECONNRESET) end = End::reset;
      break;
    }
    return got;
  }
  /// Nothing to read now, and not ended either.
  [[nodiscard]] bool silent() const {
    pollfd p{fd, POLLIN | POLLRDHUP, 0};
    return ::poll(&p, 1, 0) == 0;
  }

  int fd;
  int connect_error = 0;
  End end = End::open;
};

/// OpenSSL's client on such a connection, and what it learnt.
class TlsDevice : public Device {
 public:
  explicit TlsDevice(FaultLab& lab, std::uint32_t camera = 1) : Device(lab.port, camera) {
    context_ = std::move(make_client_context(crypto_, lab.lab.authority.certificate_chain).value());
    ssl.reset(SSL_new(context_.get()));
    require_peer_name(ssl.get(), "localhost");
    SSL_set_app_data(ssl.get(), this);
    SSL_set_info_callback(ssl.get(), [](const SSL* s, int where, int value) {
      if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) of(s)->alert = value & 0xff;
    });
    SSL_set_msg_callback(ssl.get(), [](int written, int, int type, const void* bytes, std::size_t size, SSL* s, void*) {
      if (written != 0 || type != SSL3_RT_HEADER || size < 5) return;
      const auto* header = static_cast<const unsigned char*>(bytes);
      of(s)->largest_record = std::max<std::size_t>(of(s)->largest_record, header[3] << 8 | header[4]);
    });
    SSL_set_fd(ssl.get(), fd);
  }
  /// False: `verified`, `alert` and `reason` tell why.
  bool handshake() {
    ERR_clear_error();
    errno = 0;
    const int ok = SSL_connect(ssl.get());
    verified = SSL_get_verify_result(ssl.get());
    if (ok != 1) note_failure(ok);
    return ok == 1;
  }
  /// One read of the application's bytes.
  std::string read() {
    std::string buffer(16384, '\0');
    std::size_t n = 0;
    ERR_clear_error();
    errno = 0;
    const int ok = SSL_read_ex(ssl.get(), buffer.data(), buffer.size(), &n);
    if (ok != 1) note_failure(ok);
    buffer.resize(n);
    return buffer;
  }
  bool write(std::string_view bytes) {
    std::size_t n = 0;
    return SSL_write_ex(ssl.get(), bytes.data(), bytes.size(), &n) == 1;
  }
  /// Bytes of DER of all certificates that the server sent.
  std::size_t chain_bytes() {
    std::size_t total = 0;
    auto* chain = SSL_get_peer_cert_chain(ssl.get());
    for (int i = 0; i < sk_X509_num(chain); ++i)
      total += static_cast<std::size_t>(i2d_X509(sk_X509_value(chain, i), nullptr));
    return total;
  }

  int alert = -1;  // that the server sent
  long verified = -1;
  int reason = 0;  // OpenSSL's
  std::size_t largest_record = 0;

 private:
  static TlsDevice* of(const SSL* s) { return static_cast<TlsDevice*>(SSL_get_app_data(s)); }
  void note_failure(int ok) {
    if (SSL_get_error(ssl.get(), ok) == SSL_ERROR_SYSCALL && errno == ECONNRESET) end = End::reset;
    reason = ERR_GET_REASON(ERR_peek_last_error());
  }

  CryptoContext crypto_;
  SslCtxPtr context_;

 public:
  SslPtr ssl;
};

/// A ClientHello as OpenSSL makes it, for connections that are driven by hand.
inline std::string client_hello() {
  const CryptoContext crypto;
  const auto context = std::move(make_client_context(crypto, "").value());
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_connect_state(ssl.get());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_do_handshake(ssl.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace firstlight::test
