#include "fakes/http/https_server.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "base/net/tls_context.hpp"
#include "base/net/tls_stream.hpp"
#include "fakes/http/json_error.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;

namespace {

/// What connections need. They share its ownership, so it outlives the server object as long as one lives; it knows
/// nothing of the acceptor, whose handler owns it.
struct Core {
  LabContext lab;
  HttpsServerConfig config;
  HttpHandler handler;
  std::vector<SslCtxPtr> contexts;  // one a shard, by index
};
using CorePtr = std::shared_ptr<Core>;

std::int64_t micros_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

wire::HttpResponse parse_failure(const Error& error) {
  wire::HttpResponse response;
  if (error.code != Errc::http_too_large)
    response = json_error(400, "BadRequest", "The request is not valid HTTP/1.1.");
  else if (error.detail.find("body") != std::string::npos)
    response = json_error(413, "ContentTooLarge", "The request's body is larger than the limit.");
  else
    response = json_error(431, "HeaderTooLarge", "The request's header is larger than the limit.");
  response.close = true;
  return response;
}

/// One connection, on its shard's thread. Its frame owns everything it uses, or shares it, or borrows from the lab:
/// when the shard's io_context is destroyed, the frame goes with it.
class Connection {
 public:
  Connection(CorePtr core, Shard& shard, const Accepted& accepted, TlsStream& stream)
      : core_(std::move(core)),
        stream_(stream),
        peer_{shard, accepted.peer.address(), 0},
        parser_(core_->config.limits),
        buffer_(4096) {
    if (const auto sim = core_->lab.sims.find(peer_.address)) peer_.camera = sim->camera;
  }

  asio::awaitable<void> run() {
    stream_.expires_after(core_->config.handshake_limit, Errc::tls_handshake_timeout);
    const auto shaken = co_await stream_.handshake();
    if (!shaken) {
      journal::TlsFailed event;
      event.service = source_name(core_->config.source);
      event.error = shaken.error().name();
      event.detail = shaken.error().detail;
      append(std::move(event));
      stream_.close();
      co_return;
    }
    while (co_await exchange()) {
    }
    stream_.close();
  }

 private:
  /// One request and its response; false when the connection is to be closed.
  asio::awaitable<bool> exchange() {
    const auto received = co_await receive();
    if (!received) {
      if (received.error().code != Errc::http_malformed && received.error().code != Errc::http_too_large)
        co_return false;
      const auto refused = parse_failure(received.error());
      wire::HttpRequest unreadable;
      unreadable.method.clear();
      unreadable.target.clear();
      if (co_await send(unreadable, refused, SteadyClock::now())) co_await drain();
      co_return false;
    }
    const auto started = SteadyClock::now();
    const auto request = parser_.take();
    auto response = co_await answer(request);
    response.close = response.close || !request.keep_alive;
    const bool sent = co_await send(request, response, started);
    co_return sent && !response.close;
  }

  /// A whole request in the parser. The limit runs from the connection's being idle, and again from the request's first
  /// byte, for the whole of it: a client that trickles gains nothing.
  asio::awaitable<result<void>> receive() {
    const auto limit = core_->config.idle_limit;
    stream_.expires_after(limit, Errc::http_timeout);
    bool begun = false;
    while (!parser_.done()) {
      if (unread_.empty()) {
        const auto got = co_await stream_.read_some(buffer_);
        if (!got) co_return got.error();
        if (*got == 0) {
          if (const auto ended = parser_.feed_end(); !ended) co_return ended.error();
          co_return Error(Errc::connection_closed);
        }
        unread_ = std::string_view(buffer_.data(), *got);
      }
      if (!std::exchange(begun, true)) stream_.expires_after(limit, Errc::http_timeout);
      const auto taken = parser_.feed(unread_);
      if (!taken) co_return taken.error();
      unread_.remove_prefix(*taken);
    }
    co_return result<void>();
  }

  asio::awaitable<wire::HttpResponse> answer(const wire::HttpRequest& request) {
    try {
      co_return co_await core_->handler(peer_, request);
    } catch (const std::exception&) {
      // Our own mistake; the text stays here, because it may quote what the peer sent.
    }
    co_return json_error(500, "InternalError", "The server failed to handle the request.");
  }

  asio::awaitable<bool> send(const wire::HttpRequest& request, const wire::HttpResponse& response,
                             SteadyClock::time_point started) {
    auto bytes = wire::format_response(response);
    if (request.method == "HEAD") bytes.resize(bytes.find("\r\n\r\n") + 4);  // the header as GET would have it
    stream_.expires_after(core_->config.idle_limit, Errc::write_timeout);
    const auto written = co_await stream_.write_all(bytes);
    journal::HttpServed event;
    event.service = source_name(core_->config.source);
    event.method = request.method;
    event.path = request.path();
    event.status = response.status;
    event.took_us = micros_since(started);
    append(std::move(event));
    co_return written.has_value();
  }

  /// Ends our direction and reads on for a moment after a refused request: closing with unread data makes TCP reset the
  /// connection, and the client would lose the response.
  asio::awaitable<void> drain() {
    boost::system::error_code ignored;
    SSL_shutdown(stream_.ssl());
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(std::chrono::seconds(1), Errc::read_timeout);
    for (std::size_t total = 0; total < 1024 * 1024;) {
      const auto got = co_await stream_.read_some(buffer_);
      if (!got || *got == 0) co_return;
      total += *got;
    }
  }

  void append(journal::Payload payload) {
    core_->lab.lanes[peer_.shard.index()].append(core_->config.source, peer_.camera, peer_.address.to_string(),
                                                 std::move(payload));
  }

  CorePtr core_;
  TlsStream& stream_;
  HttpPeer peer_;
  wire::HttpRequestParser parser_;
  std::vector<char> buffer_;
  std::string_view unread_;  // of buffer_: belongs to the next request
};

asio::awaitable<void> serve(CorePtr core, Shard& shard, Accepted accepted) {
  SslPtr ssl(SSL_new(core->contexts[shard.index()].get()));
  if (!ssl) co_return;
  SSL_set_accept_state(ssl.get());
  TlsStream stream(std::move(accepted.socket), std::move(ssl));
  Connection connection(std::move(core), shard, accepted, stream);
  co_await connection.run();
}

}  // namespace

const fault::Engine& LabContext::no_faults() {
  static const fault::Engine kNone;
  return kNone;
}

struct HttpsServer::Impl {
  std::unique_ptr<Acceptor> acceptor;
};

HttpsServer::HttpsServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpsServer::~HttpsServer() = default;

result<std::unique_ptr<HttpsServer>> HttpsServer::start(LabContext& lab, HttpsServerConfig config,
                                                        HttpHandler handler) {
  auto core = std::make_shared<Core>(Core{lab, std::move(config), std::move(handler), {}});
  const auto& identity = core->config.identity;
  for (unsigned i = 0; i < lab.shards.size(); ++i)
    core->contexts.push_back(
        make_server_context(lab.shards.at(i).crypto(), identity.certificate_chain, identity.private_key));
  auto acceptor = Acceptor::listen(
      lab.front, core->config.address, core->config.port, lab.shards, [core](Shard& shard, Accepted accepted) {
        asio::co_spawn(shard.io(), serve(core, shard, std::move(accepted)), asio::detached);
      });
  if (!acceptor) return acceptor.error();
  auto impl = std::make_shared<Impl>(Impl{std::move(*acceptor)});
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(impl)));
}

unsigned short HttpsServer::port() const {
  return impl_->acceptor->port();
}

void HttpsServer::stop_accepting() {
  impl_->acceptor->close();
}

}  // namespace firstlight::fakes
