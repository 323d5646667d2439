#include "fakes/ingress/ingress.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/net/tls_context.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;
using asio::ip::tcp;
using fault::LinkPlan;
using fault::TlsPlan;
using Reset = LinkPlan::Reset::When;

namespace {

bool resets(const LinkPlan& plan, Reset when) {
  return plan.reset && plan.reset->when == when;
}

/// Whether a device meets it in the ServerHello, or in the alert that it gets instead: before any certificate.
bool is_met_in_hello(const fault::Injection& injection) {
  return fault::edits(injection, &TlsPlan::only_version) || fault::edits(injection, &TlsPlan::cipher);
}

/// Waits for the ClientHello, says the alert, and lets the device read it before the connection ends.
asio::awaitable<void> send_alert(tcp::socket socket, int alert, std::function<void()> fired) {
  boost::system::error_code ec;
  co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, ec));
  char first = 0;  // a device that left without a word meets no alert
  if (ec || ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) co_return;
  // ContentType alert, legacy version TLS 1.2, two bytes: fatal, and which (RFC 8446 §5.1, §6).
  const std::array<unsigned char, 7> record{21, 3, 3, 0, 2, 2, static_cast<unsigned char>(alert)};
  ::send(socket.native_handle(), record.data(), record.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  fired();
  socket.shutdown(tcp::socket::shutdown_send, ec);
  // Closing with unread data would reset the connection, and the alert would be lost.
  asio::steady_timer limit(socket.get_executor(), std::chrono::seconds(2));
  limit.async_wait([&socket](const boost::system::error_code& late) {
    boost::system::error_code ignored;
    if (!late) socket.cancel(ignored);
  });
  std::vector<char> buffer(4096);
  for (;;) {
    const auto n = ::recv(socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) continue;
    if (n == 0 || errno != EAGAIN) break;
    co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
  }
  // The timer's handler refers to this frame: let it run out before the frame ends.
  if (limit.cancel() == 0) co_await asio::post(socket.get_executor(), asio::use_awaitable);
}

bool is_tls13_suite(const std::string& name) {
  return name.starts_with("TLS_");
}

void apply(SSL* ssl, const TlsPlan& plan) {
  if (plan.only_version) {
    SSL_set_min_proto_version(ssl, *plan.only_version);
    SSL_set_max_proto_version(ssl, *plan.only_version);
    if (*plan.only_version < TLS1_2_VERSION) {  // SHA-1 signatures: below OpenSSL's default level
      SSL_set_security_level(ssl, 0);
      SSL_set_cipher_list(ssl, "DEFAULT@SECLEVEL=0");
    }
  }
  if (!plan.cipher.empty()) {
    const bool new_suite = is_tls13_suite(plan.cipher);
    if (new_suite) {
      SSL_set_ciphersuites(ssl, plan.cipher.c_str());
      SSL_set_min_proto_version(ssl, TLS1_3_VERSION);
    } else {
      SSL_set_cipher_list(ssl, plan.cipher.c_str());
      SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    }
  }
  if (plan.max_fragment > 0) SSL_set_max_send_fragment(ssl, static_cast<std::size_t>(plan.max_fragment));
}

}  // namespace

Ingress::Ingress(const LabContext& lab, journal::Source source, std::optional<Points> points,
                 std::vector<SSL_CTX*> contexts, std::function<void(SSL_CTX*, Shard&)> configure)
    : lab_(lab), source_(source), points_(points), shards_(contexts.size()), configure_(std::move(configure)) {
  for (std::size_t i = 0; i < contexts.size(); ++i) shards_[i].proper = contexts[i];
}

SSL_CTX* Ingress::context(Shard& shard, const TlsPlan& plan) {
  auto& own = shards_[shard.index()];
  if (plan.certificate == fault::ServerCertificate{} || lab_.identities == nullptr) return own.proper;
  auto& [context, made] = own.others[plan.certificate];
  const auto now = lab_.clock.now();
  if (!context || !ServerIdentities::still_says(plan.certificate, now - made)) {
    const auto identity = lab_.identities->make(shard.crypto(), plan.certificate);
    context = make_server_context(shard.crypto(), identity.certificate_chain, identity.private_key);
    made = now;
    if (configure_) configure_(context.get(), shard);
  }
  return context.get();
}

SslPtr Ingress::make_ssl(Shard& shard, const TlsPlan& plan) {
  SslPtr ssl(SSL_new(context(shard, plan)));
  if (!ssl) throw std::runtime_error("SSL_new: " + take_openssl_error());
  SSL_set_accept_state(ssl.get());
  apply(ssl.get(), plan);
  return ssl;
}

std::unique_ptr<Admission> Ingress::admit(Shard& shard, Accepted accepted, std::uint32_t camera) {
  std::unique_ptr<Admission> admission(new Admission(std::move(accepted.socket)));
  if (!points_ || (!lab_.faults.watches(points_->link) && !lab_.faults.watches(points_->tls))) {
    admission->ssl = make_ssl(shard, {});
    return admission;
  }
  const auto broken = consult(shard, *admission, accepted.peer.address().to_string(), camera);
  if (take(shard, *admission, broken) || !shape(shard, *admission, broken)) return nullptr;
  admission->ssl = make_ssl(shard, broken.tls);
  return admission;
}

Ingress::Broken Ingress::consult(Shard& shard, Admission& admission, const std::string& peer, std::uint32_t camera) {
  const auto& faults = lab_.faults;
  auto& attempts = shards_[shard.index()].attempts;
  Broken broken;
  broken.camera = camera;
  fault::Injections link, tls;
  if (faults.watches(points_->link)) {
    // A partition looks at the time itself; for every other effect the time is now.
    link = faults.consult_at_any_time(points_->link, camera, attempts.next(points_->link, camera));
    std::erase_if(link, [&](const fault::Injection& injection) {
      return !fault::edits(injection, &LinkPlan::partitions) && !faults.active(injection.rule(), camera);
    });
    broken.link = fault::plan_of<LinkPlan>(link);
  }
  if (faults.watches(points_->tls))
    tls = faults.edit(broken.tls, points_->tls, camera, attempts.next(points_->tls, camera));
  const auto& lane = lab_.lanes[shard.index()];
  admission.link_ = std::make_shared<Proofs<LinkPlan>>(std::move(link), lane, source_, peer);
  admission.tls_ = std::make_shared<Proofs<TlsPlan>>(std::move(tls), lane, source_, peer);
  return broken;
}

/// What leaves no connection for the server. True: the fault has taken it.
bool Ingress::take(Shard& shard, Admission& admission, const Broken& broken) {
  const auto& link = broken.link;
  const auto& tls = broken.tls;
  if (resets(link, Reset::at_once)) {
    admission.link_->fired_for(&LinkPlan::reset, "at once");
    boost::system::error_code ignored;
    admission.socket.set_option(asio::socket_base::linger(true, 0), ignored);
    admission.socket.close(ignored);
    return true;
  }
  if (link.swallow || tls.stall == TlsPlan::Stall::server_hello) {
    std::function<void()> on_first_bytes;
    if (link.swallow)
      admission.link_->fired_for(&LinkPlan::swallow);
    else
      on_first_bytes = [proofs = admission.tls_] { proofs->fired_for(&TlsPlan::stall, "before the ServerHello"); };
    std::make_shared<Shaper>(shard, std::move(admission.socket), link, Shaper::Rules{}, admission.link_)
        ->swallow(std::move(on_first_bytes));
    return true;
  }
  if (tls.alert) {
    auto said = [proofs = admission.tls_, alert = *tls.alert] {
      proofs->fired_for(&TlsPlan::alert, fmt::format("{}", alert));
    };
    asio::co_spawn(shard.io(), send_alert(std::move(admission.socket), *tls.alert, std::move(said)), asio::detached);
    return true;
  }
  return false;
}

/// What the server's connection goes through. False: there is no descriptor left for it.
bool Ingress::shape(Shard& shard, Admission& admission, const Broken& broken) {
  admission.reset_after_tls_ = resets(broken.link, Reset::after_tls);
  admission.ends_at_hello_ = broken.tls.stall == TlsPlan::Stall::certificate;
  if (!broken.link.shaped() && !admission.ends_at_hello_) return true;
  Shaper::Rules rules;
  rules.engine = &lab_.faults;
  rules.camera = broken.camera;
  if (admission.ends_at_hello_)
    rules.on_first_record = [proofs = admission.tls_] {
      proofs->fired_for(&TlsPlan::stall, "after the first TLS record");
      proofs->fired_if(is_met_in_hello);
    };
  for (const auto& injection : admission.link_->injections()) {
    if (fault::edits(injection, &LinkPlan::partitions)) rules.partitions.push_back(&injection.rule());
    if (fault::edits(injection, &LinkPlan::latency)) rules.random = lab_.faults.random(injection);
  }
  auto shaper =
      std::make_shared<Shaper>(shard, std::move(admission.socket), broken.link, std::move(rules), admission.link_);
  auto inner = shaper->start();
  if (!inner) return false;
  admission.socket = std::move(*inner);
  admission.shaper_ = std::move(shaper);
  return true;
}

/// A device that left before its ClientHello met no fault; one that found no common version or suite saw no
/// certificate.
void Admission::prove_tls(TlsStream& stream, bool completed) {
  const auto state = SSL_get_state(stream.ssl());
  if (!tls_ || (!completed && state == TLS_ST_BEFORE)) return;
  const bool saw_more = !ends_at_hello_ && (completed || state != TLS_ST_SR_CLNT_HELLO);
  tls_->fired_if([saw_more](const fault::Injection& injection) { return saw_more || is_met_in_hello(injection); });
}

bool Admission::handshake_ended(TlsStream& stream, bool completed) {
  prove_tls(stream, completed);
  if (!completed || !reset_after_tls_) return true;
  link_->fired_for(&LinkPlan::reset, "after the TLS handshake");
  if (shaper_)
    shaper_->reset();
  else
    stream.abort();
  return false;
}

}  // namespace firstlight::fakes
