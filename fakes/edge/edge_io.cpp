#include "fakes/edge/edge.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "base/net/tls_context.hpp"
#include "fakes/edge/core.hpp"
#include "fakes/edge/session.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;

namespace edge {

namespace {

/// The replacement for OpenSSL's chain verification: the registry's word counts, and registration wins over the chain.
template <Refusal mode>
int verify(X509_STORE_CTX* store, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto verdict = static_cast<Session*>(SSL_get_app_data(ssl))->judge(X509_STORE_CTX_get0_cert(store));
  const bool refuse = verdict && mode == Refusal::tls_alert;
  X509_STORE_CTX_set_error(store, refuse ? verify_error(*verdict) : X509_V_OK);
  return refuse ? 0 : 1;
}

/// AWS's devices offer x-amzn-mqtt-ca on 443 and, with some SDKs, on 8883 too; any other offer is not answered.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned in_length, void*) {
  static constexpr unsigned char kWanted[] = "\x0ex-amzn-mqtt-ca";
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_length, kWanted, sizeof kWanted - 1, in, in_length);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TlsMaterial load_tls(const CryptoContext& crypto, const EdgeConfig& config) {
  TlsMaterial tls;
  tls.context = make_server_context(crypto, config.identity.certificate_chain, config.identity.private_key);
  auto authority = wire::parse_certificate(crypto, config.device_authority_pem);
  if (!authority) throw std::runtime_error("device authority refused: " + authority.error().text());
  tls.authority = std::move(*authority);
  configure_tls(tls.context.get(), config);
  return tls;
}

void configure_tls(SSL_CTX* ctx, const EdgeConfig& config) {
  const bool alert = config.refusal == Refusal::tls_alert;
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | (alert ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, alert ? verify<Refusal::tls_alert> : verify<Refusal::connack>, nullptr);
  SSL_CTX_set_alpn_select_cb(ctx, select_protocol, nullptr);
}

namespace {

/// The frame owns the session.
asio::awaitable<void> live(std::shared_ptr<Session> session) {
  co_await session->run();
}

void rethrow(const std::exception_ptr& mistake) {
  if (mistake) std::rethrow_exception(mistake);
}

void accept(const std::weak_ptr<Core>& weak, Shard& shard, Accepted accepted) {
  const auto core = weak.lock();
  if (!core) return;
  const auto address = accepted.peer.address();
  const auto sim = core->lab.sims.find(address);
  auto admission = core->ingress->admit(shard, std::move(accepted), sim ? sim->camera : 0);
  if (!admission) return;
  auto session = std::make_shared<Session>(core, *core->shards.at(shard.index()), address, std::move(admission));
  asio::co_spawn(shard.io(), live(std::move(session)), rethrow);
}

/// Ends the live sessions of a certificate that is no longer ACTIVE.
void certificate_changed(EdgeShard& shard, const CertificateId& id, const iot::CertificateView& view) {
  if (view.status == iot::CertificateStatus::active) return;
  const auto [first, last] = shard.by_certificate.equal_range(id);
  for (auto at = first; at != last; ++at) {
    // AWS does not say which disconnectReason a deactivated certificate gives (unverified).
    End why;
    why.aws_reason = aws::kAuthError;
    why.detail = fmt::format("the certificate became {}", iot::status_name(view.status));
    why.code = reason::kNotAuthorized;
    at->second->end(std::move(why));
  }
}

/// Ends the sessions whose certificate has expired; returns when to look again.
SteadyClock::duration end_expired(EdgeShard& shard, WallTime now) {
  for (const auto id : shard.expiries.take_due(now)) {
    const auto at = shard.sessions.find(id);
    if (at == shard.sessions.end()) continue;
    // AWS does not say which disconnectReason this gives (unverified).
    End why;
    why.aws_reason = aws::kAuthError;
    why.detail = "the certificate expired";
    why.code = reason::kNotAuthorized;
    at->second->end(std::move(why));
  }
  return shard.expiries.look_again_in(now);
}

void prepare(const CorePtr& core, EdgeShard& shard) {
  asio::post(shard.shard.io(), [core, &shard] {
    shard.tls = load_tls(shard.shard.crypto(), core->config);
    core->ingress->set_proper(shard.shard.index(), shard.tls.context.get());
    shard.replica.on_change = [weak = std::weak_ptr(core), &shard](const CertificateId& id,
                                                                   const iot::CertificateView& view) {
      if (const auto alive = weak.lock()) certificate_changed(shard, id, view);
    };
  });
}

/// A coroutine and no timer of the shard's: it must end with the shard's io_context, which EdgeShard outlives.
asio::awaitable<void> watch_expiry(std::weak_ptr<Core> weak, unsigned index) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    if (const auto core = weak.lock())
      timer.expires_after(end_expired(*core->shards[index], core->lab.clock.now()));
    else
      co_return;
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

/// Somebody else connects with the client id of this camera's sessions.
void claim_client_ids(EdgeShard& shard, const fault::Rule& rule, std::uint32_t camera) {
  std::vector<Session*> sessions;
  const auto [first, last] = shard.by_camera.equal_range(camera);
  for (auto at = first; at != last; ++at) sessions.push_back(at->second);
  for (auto* session : sessions) session->lose_client_id(fault::Injection(rule, fault::Point::mqtt, camera, 0));
}

}  // namespace

}  // namespace edge

struct Edge::Impl {
  edge::CorePtr core;
  std::optional<Listeners> listeners;
};

Edge::Edge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Edge::~Edge() {
  stop_accepting();
}

result<std::unique_ptr<Edge>> Edge::start(LabContext& lab, EdgeConfig config, iot::Registry& registry) {
  {
    // The shards load the material on their own threads; what OpenSSL refuses must be said here, before anything runs.
    const CryptoContext crypto;
    (void)edge::load_tls(crypto, config);
  }
  auto impl = std::make_unique<Impl>();
  const auto address = config.address;
  const auto port = config.port;
  const unsigned count = lab.shards.size();
  const unsigned places = std::max(1U, config.max_connects_in_flight / count);
  impl->core = std::make_shared<edge::Core>(lab, std::move(config), registry);
  for (unsigned i = 0; i < count; ++i)
    impl->core->shards.push_back(std::make_unique<edge::EdgeShard>(lab.shards.at(i), registry.replica(i), places));
  constexpr Ingress::Points kPoints{fault::Point::link_mqtt, fault::Point::tls_mqtt};
  auto configure = [core = impl->core.get()](SSL_CTX* context, Shard&) { edge::configure_tls(context, core->config); };
  impl->core->ingress = std::make_unique<Ingress>(lab, journal::Source::edge, kPoints,
                                                  std::vector<SSL_CTX*>(count, nullptr), std::move(configure));
  for (auto& shard : impl->core->shards) edge::prepare(impl->core, *shard);
  if (impl->core->config.on_expiry == edge::OnExpiry::disconnect)
    for (unsigned i = 0; i < count; ++i)
      asio::co_spawn(lab.shards.at(i).io(), edge::watch_expiry(impl->core, i), edge::rethrow);
  // Weak, since what the acceptor left on its io_context may outlive the shards' library contexts.
  auto handler = [weak = std::weak_ptr(impl->core)](Shard& shard, Accepted accepted) {
    edge::accept(weak, shard, std::move(accepted));
  };
  auto opened = Listeners::open(lab.front, address, port, lab.shards, std::move(handler));
  if (!opened) return opened.error();
  impl->listeners = std::move(*opened);
  return std::unique_ptr<Edge>(new Edge(std::move(impl)));
}

void Edge::carry_out(const fault::Rule& rule, std::uint32_t camera) {
  fault::MqttPlan plan;
  fault::Engine::apply(plan, rule);
  if (!plan.taken_over) return;
  for (unsigned i = 0; i < impl_->core->shards.size(); ++i) {
    auto work = [weak = std::weak_ptr(impl_->core), i, &rule, camera] {
      if (const auto core = weak.lock()) edge::claim_client_ids(*core->shards[i], rule, camera);
    };
    asio::post(impl_->core->shards[i]->shard.io(), std::move(work));
  }
}

unsigned short Edge::port() const {
  return impl_->listeners->port();
}

Listeners& Edge::listeners() {
  return *impl_->listeners;
}

void Edge::stop_accepting() {
  impl_->listeners->close();
}

}  // namespace firstlight::fakes
