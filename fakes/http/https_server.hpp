// The HTTPS server that Endorse, the key store, the config API and the IoT control plane share: TLS, keep-alive,
// limits, time-outs, and one journal event a request that is answered. What is answered is each fake's own; a stalled
// client holds a coroutine, never a thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/net/acceptor.hpp"
#include "base/net/shard.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/ingress/listeners.hpp"
#include "fault/engine.hpp"
#include "journal/journal.hpp"
#include "wire/http.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes {

struct HttpPeer {
  Shard& shard;
  boost::asio::ip::address address;
  std::uint32_t camera = 0;  // from the SIM table; 0: not one of the scenario's
  /// Of its connection, for delays that end when it leaves (sleep_unless_gone); null: there is none, in tests.
  boost::asio::ip::tcp::socket* socket = nullptr;
};

/// A fault that stands in an answer. It has fired when the device was handed the answer, and never when it was not.
struct PendingInjection {
  fault::Injection injection;
  journal::Source source{};
  std::string detail;
};

struct HttpAnswer {
  HttpAnswer(wire::HttpResponse r) : response(std::move(r)) {}  // NOLINT: a handler's answer is mostly just that
  wire::HttpResponse response;
  std::vector<PendingInjection> injections;
};

/// Runs on the peer's shard. Must not throw for anything the peer can do.
using HttpHandler = std::function<boost::asio::awaitable<HttpAnswer>(const HttpPeer&, const wire::HttpRequest&)>;

struct HttpsServerConfig {
  journal::Source source{};  // "service" of its events is source_name(source)
  std::string address = "127.0.0.1";
  unsigned short port = 0;              // 0: ephemeral
  wire::IdentityPem identity;           // the server's certificate chain and key
  std::chrono::seconds idle_limit{30};  // between requests and for a whole request
  std::chrono::seconds handshake_limit{10};
  wire::HttpLimits limits;
  /// Where its faults sit; nothing: a service that has none (the control plane).
  struct FaultPoints {
    fault::Point link, tls, http;
  };
  std::optional<FaultPoints> faults;
};

class HttpsServer {
 public:
  /// Errors: address-in-use, address-unusable.
  static result<std::unique_ptr<HttpsServer>> start(LabContext& lab, HttpsServerConfig config, HttpHandler handler);
  ~HttpsServer();
  [[nodiscard]] unsigned short port() const;
  void stop_accepting();
  [[nodiscard]] Listeners& listeners();

 private:
  struct Impl;
  explicit HttpsServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes
