#include "fakes/http/https_server.hpp"

#include <array>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include <fmt/format.h>

#include "base/net/sleep_unless_gone.hpp"
#include "base/net/tls_context.hpp"
#include "base/net/tls_stream.hpp"
#include "fakes/http/fault_answer.hpp"
#include "fakes/http/json_error.hpp"
#include "fakes/ingress/ingress.hpp"
#include "wire/secrets.hpp"

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
  std::unique_ptr<Ingress> ingress;
  std::vector<fault::AttemptCounter> requests;  // one a shard
};
using CorePtr = std::shared_ptr<Core>;

/// A device that hangs up in the middle of so large an answer has met it: its header said how large it is.
constexpr std::size_t kTooLargeToBeRead = 64 * 1024;

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
  Connection(CorePtr core, HttpPeer peer, TlsStream& stream, Admission& admission)
      : core_(std::move(core)),
        stream_(stream),
        admission_(admission),
        peer_(std::move(peer)),
        parser_(core_->config.limits),
        buffer_(4096) {
    peer_.socket = &stream_.socket();
  }

  asio::awaitable<void> run() {
    stream_.expires_after(core_->config.handshake_limit, Errc::tls_handshake_timeout);
    const auto shaken = co_await stream_.handshake();
    if (!admission_.handshake_ended(stream_, shaken.has_value())) co_return;
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
    stream_.expires_never();  // an answer may be later than any limit; what is sent has its own
    const auto request = parser_.take();
    look_for_secrets(request);
    fault::HttpPlan plan;
    auto injections = consult(plan);
    std::optional<HttpAnswer> service;  // nothing: a rule has answered, and the service is not asked
    if (!plan.instead) {
      auto answered = co_await answer(request);
      service.emplace(std::move(answered));
    }
    if (!injections.empty()) co_return co_await send_faulted(request, service, plan, injections, started);
    auto& response = service->response;
    response.close = response.close || !request.keep_alive;
    const bool listens = service->injections.empty() || !has_gone(stream_.socket());
    const bool sent = co_await send(request, response, started);
    const bool met = sent || response.body.size() >= kTooLargeToBeRead;
    if (met && listens) prove(service->injections);
    co_return sent && !response.close;
  }

  /// What a device must not tell where logs keep it: a secret in the URL, or in any header but Authorization.
  void look_for_secrets(const wire::HttpRequest& request) {
    const auto tell = [this](std::string_view text, const char* where) {
      const auto what = wire::find_secret(text);
      if (!what) return;
      journal::SecretSeen seen;
      seen.where = where;
      seen.what = *what;
      append(std::move(seen));
    };
    tell(request.target, "url");
    for (const auto& [name, value] : request.headers)
      if (!boost::algorithm::iequals(name, "Authorization")) tell(value, "header");
  }

  fault::Injections consult(fault::HttpPlan& plan) {
    const auto& points = core_->config.faults;
    if (!points || !core_->lab.faults.watches(points->http)) return {};
    const auto attempt = core_->requests[peer_.shard.index()].next(points->http, peer_.camera);
    return core_->lab.faults.edit(plan, points->http, peer_.camera, attempt);
  }

  /// The kernel takes the bytes also of a device that has left, so that is asked before, and what it would not have
  /// met has not fired.
  asio::awaitable<bool> send_faulted(const wire::HttpRequest& request, std::optional<HttpAnswer>& service,
                                     const fault::HttpPlan& plan, fault::Injections& injections,
                                     SteadyClock::time_point started) {
    std::optional<wire::HttpResponse> answered;
    if (service) answered = service->response;
    injections = observable(std::move(injections), answered, request.method);
    if (plan.delay > Duration{0}) {
      const bool waited = co_await delay(plan.delay, injections);
      if (!waited) co_return false;
    }
    auto response = plan.instead ? *plan.instead : *answered;
    response.close = response.close || !request.keep_alive;
    const auto faulted = format_faulted(response, plan, request.method);
    const bool listens = !has_gone(stream_.socket());
    const bool sent = co_await send_bytes(request, faulted.status, faulted.bytes, started);
    if (sent && listens) {
      for (auto& injection : injections)
        fire(injection, core_->config.source, fmt::format("status {}", faulted.status));
      if (service && holds_whole(faulted, response, plan, request.method)) prove(service->injections);
    }
    co_return sent && !faulted.close && !response.close;
  }

  /// From its beginning on the answer is late: the device may leave before it comes. False: it has left.
  asio::awaitable<bool> delay(Duration by, fault::Injections& injections) {
    if (has_gone(stream_.socket())) co_return false;
    for (auto& injection : injections)
      if (fault::edits(injection, &fault::HttpPlan::delay)) fire(injection, core_->config.source, format_duration(by));
    co_return co_await sleep_unless_gone(stream_.socket(), by);
  }

  void prove(std::vector<PendingInjection>& pending) {
    for (auto& p : pending) fire(p.injection, p.source, p.detail);
  }

  void fire(fault::Injection& injection, journal::Source source, const std::string& detail) {
    injection.fired(core_->lab.lanes[peer_.shard.index()], source, peer_.address.to_string(), detail);
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

  asio::awaitable<HttpAnswer> answer(const wire::HttpRequest& request) {
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
    co_return co_await send_bytes(request, response.status, bytes, started);
  }

  asio::awaitable<bool> send_bytes(const wire::HttpRequest& request, unsigned status, const std::string& bytes,
                                   SteadyClock::time_point started) {
    stream_.expires_after(core_->config.idle_limit, Errc::write_timeout);
    const auto written = co_await stream_.write_all(bytes);
    journal::HttpServed event;
    event.service = source_name(core_->config.source);
    event.method = wire::without_secret(request.method);  // any word may stand there
    event.path = wire::without_secret(request.path());
    event.status = status;
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
  Admission& admission_;
  HttpPeer peer_;
  wire::HttpRequestParser parser_;
  std::vector<char> buffer_;
  std::string_view unread_;  // of buffer_: belongs to the next request
};

asio::awaitable<void> serve(CorePtr core, HttpPeer peer, std::unique_ptr<Admission> admission) {
  TlsStream stream(std::move(admission->socket), std::move(admission->ssl));
  Connection connection(std::move(core), std::move(peer), stream, *admission);
  co_await connection.run();
}

void open(const CorePtr& core, Shard& shard, Accepted accepted) {
  HttpPeer peer{shard, accepted.peer.address(), 0};
  if (const auto sim = core->lab.sims.find(peer.address)) peer.camera = sim->camera;
  auto admission = core->ingress->admit(shard, std::move(accepted), peer.camera);
  if (admission) asio::co_spawn(shard.io(), serve(core, std::move(peer), std::move(admission)), asio::detached);
}

}  // namespace

struct HttpsServer::Impl {
  Listeners listeners;
};

HttpsServer::HttpsServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpsServer::~HttpsServer() = default;

result<std::unique_ptr<HttpsServer>> HttpsServer::start(LabContext& lab, HttpsServerConfig config,
                                                        HttpHandler handler) {
  auto core = std::make_shared<Core>(Core{lab, std::move(config), std::move(handler), {}, nullptr, {}});
  const auto& identity = core->config.identity;
  for (unsigned i = 0; i < lab.shards.size(); ++i)
    core->contexts.push_back(
        make_server_context(lab.shards.at(i).crypto(), identity.certificate_chain, identity.private_key));
  std::vector<SSL_CTX*> proper;
  for (const auto& context : core->contexts) proper.push_back(context.get());
  std::optional<Ingress::Points> points;
  if (const auto& at = core->config.faults) points = Ingress::Points{at->link, at->tls};
  core->ingress = std::make_unique<Ingress>(lab, core->config.source, points, std::move(proper));
  core->requests.resize(lab.shards.size());
  auto opened = Listeners::open(lab.front, core->config.address, core->config.port, lab.shards,
                                [core](Shard& shard, Accepted accepted) { open(core, shard, std::move(accepted)); });
  if (!opened) return opened.error();
  auto impl = std::make_shared<Impl>(Impl{std::move(*opened)});
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(impl)));
}

unsigned short HttpsServer::port() const {
  return impl_->listeners.port();
}

Listeners& HttpsServer::listeners() {
  return impl_->listeners;
}

void HttpsServer::stop_accepting() {
  impl_->listeners.close();
}

}  // namespace firstlight::fakes
