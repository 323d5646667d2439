// Names, TCP and TLS for a camera's connections, and what the drivers of a shard share.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sim/driver_io.hpp"

namespace firstlight::sim {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A lab has one authority; a fault may hand out others, but never endlessly many.
constexpr std::size_t kMaxContexts = 16;

Micros since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<Micros>(SteadyClock::now() - start);
}

}  // namespace

ShardShare::ShardShare(Shard& s, journal::Lane l, SteadyClock::time_point e, std::shared_ptr<const CameraConfig> c,
                       std::map<std::string, asio::ip::address> h, const WallClock* network, bool share)
    : shard(s),
      lane(std::move(l)),
      epoch(e),
      config(std::move(c)),
      hosts(std::move(h)),
      network_time(network),
      share_keys(share),
      verifier(s.crypto()) {}

Now ShardShare::now() const {
  Now now;
  now.mono = SteadyClock::now() - epoch;
  static const WallClock kSystem;
  now.network_time = (network_time != nullptr ? *network_time : kSystem).now();
  return now;
}

result<SSL_CTX*> ShardShare::client_context(const std::string& ca_pem) {
  if (const auto at = contexts_.find(ca_pem); at != contexts_.end()) return at->second.get();
  auto made = make_client_context(shard.crypto(), ca_pem);
  if (!made) return made.error();
  if (contexts_.size() >= kMaxContexts) contexts_.clear();  // connections hold their own reference
  return contexts_.emplace(ca_pem, std::move(*made)).first->second.get();
}

asio::awaitable<result<asio::ip::address>> resolve_host(const ShardShare& share, std::string host) {
  boost::system::error_code ec;
  const auto literal = asio::ip::make_address(host, ec);
  if (!ec) co_return literal;
  if (const auto at = share.hosts.find(host); at != share.hosts.end()) co_return at->second;
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto found = co_await resolver.async_resolve(host, "", asio::redirect_error(asio::use_awaitable, ec));
  if (ec || found.empty()) co_return Error(Errc::resolve_failed, host);
  co_return found.begin()->endpoint().address();
}

namespace {

/// Which server certificates the handshake accepts.
void decide_trust(SSL* ssl, const Route& route, const ServerChecks& checks) {
  boost::system::error_code no_address;
  static_cast<void>(asio::ip::make_address(route.host, no_address));
  if (checks.name)
    require_peer_name(ssl, route.host);
  else if (no_address)
    SSL_set_tlsext_host_name(ssl, route.host.c_str());
  auto* rules = SSL_get0_param(ssl);
  // A time that was set counts more than the flag: one of the two.
  if (checks.validity)
    X509_VERIFY_PARAM_set_time(rules, unix_seconds(route.clock));
  else
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
  if (!checks.chain) SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
}

result<SslPtr> make_ssl(ShardShare& share, const Route& route) {
  auto context = share.client_context(route.ca_pem);
  if (!context) return context.error();
  SslPtr ssl(SSL_new(*context));
  if (!ssl) return Error(Errc::tls_failed, take_openssl_error());
  SSL_set_connect_state(ssl.get());
  decide_trust(ssl.get(), route, server_checks(share.config->defects));
  if (!route.alpn.empty()) {
    const std::string wire = static_cast<char>(route.alpn.size()) + route.alpn;
    SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  }
  if (route.identity != nullptr) {
    if (SSL_use_certificate(ssl.get(), route.identity->certificate.get()) != 1 ||
        SSL_use_PrivateKey(ssl.get(), route.identity->key.get()) != 1)
      return Error(Errc::tls_failed, take_openssl_error());
  }
  return ssl;
}

}  // namespace

void Opening::abort() {
  aborted = true;
  if (const auto s = stream.lock()) s->abort();
}

asio::awaitable<result<StreamPtr>> open_stream(std::shared_ptr<ShardShare> share, Route route, Timing& timing,
                                               std::shared_ptr<Opening> opening) {
  const auto& limits = share->config->limits;
  const auto address = co_await resolve_host(*share, route.host);
  if (!address) co_return address.error();
  const auto tcp_start = SteadyClock::now();
  const tcp::endpoint peer(route.path.destination.value_or(*address), route.port);
  auto socket = co_await connect_tcp(peer, route.path.source, limits.connect);
  timing.tcp = since(tcp_start);
  if (!socket) co_return socket.error();
  if (opening->aborted) co_return Error(Errc::cancelled);
  auto ssl = make_ssl(*share, route);
  if (!ssl) co_return ssl.error();
  const auto stream = std::make_shared<TlsStream>(std::move(*socket), std::move(*ssl));
  opening->stream = stream;
  stream->expires_after(limits.handshake, Errc::tls_handshake_timeout);
  const auto tls_start = SteadyClock::now();
  const auto shaken = co_await stream->handshake();
  timing.tls = since(tls_start);
  if (!shaken) {
    stream->close();
    co_return shaken.error();
  }
  if (opening->aborted) co_return Error(Errc::cancelled);
  stream->expires_never();
  co_return stream;
}

}  // namespace firstlight::sim
