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

namespace {

/// Waits for the ClientHello, says the alert, and lets the device read it before the connection ends.
asio::awaitable<void> say_alert(tcp::socket socket, int alert, std::function<void()> fired) {
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

std::string key_of(const TlsPlan& plan) {
  return fmt::format("{}/{}/{}/{}", static_cast<int>(plan.certificate), plan.by.count(), plan.bytes, plan.name);
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
  if (plan.certificate == TlsPlan::Certificate::proper || lab_.identities == nullptr) return own.proper;
  auto& context = own.others[key_of(plan)];
  if (!context) {
    const auto identity = lab_.identities->make(shard.crypto(), plan);
    context = make_server_context(shard.crypto(), identity.certificate_chain, identity.private_key);
    if (configure_) configure_(context.get(), shard);
  }
  return context.get();
}

SslPtr Ingress::make_ssl(Shard& shard, const TlsPlan& plan) {
  SslPtr ssl(SSL_new(context(shard, plan)));
  if (!ssl) throw std::runtime_error("SSL_new: " + take_openssl_error());
  SSL_set_accept_state(ssl.get());
  if (!plan.proper()) apply(ssl.get(), plan);
  return ssl;
}

std::unique_ptr<Admission> Ingress::admit(Shard& shard, Accepted accepted, std::uint32_t camera) {
  const auto& faults = lab_.faults;
  std::unique_ptr<Admission> admission(new Admission(std::move(accepted.socket)));
  if (!points_ || (!faults.watches(points_->link) && !faults.watches(points_->tls))) {
    admission->ssl = make_ssl(shard, {});
    return admission;
  }
  auto& own = shards_[shard.index()];
  auto& lane = lab_.lanes[shard.index()];
  const auto peer = accepted.peer.address().to_string();
  admission->lane_ = &lane;
  admission->source_ = source_;
  admission->peer_ = peer;

  LinkPlan link;
  TlsPlan tls;
  fault::Shots link_shots;
  if (faults.watches(points_->link)) {
    // A partition looks at the time itself; for every other effect the time is now.
    link_shots = faults.consult_at_any_time(points_->link, camera, own.attempts.next(points_->link, camera));
    std::erase_if(link_shots, [&](const fault::Shot& shot) {
      return shot.rule().effect->name != "partition" && !faults.active(shot.rule(), camera);
    });
    for (const auto& shot : link_shots) fault::Engine::apply(link, shot.rule());
  }
  if (faults.watches(points_->tls))
    admission->tls_shots_ = faults.edit(tls, points_->tls, camera, own.attempts.next(points_->tls, camera));

  const auto shots = std::make_shared<fault::Shots>(std::move(link_shots));
  // `link` and `tls` have an effect of the same name: each list is told apart.
  const auto teller = [&](const std::shared_ptr<fault::Shots>& list) -> Shaper::Fired {
    return [list, lane, source = source_, peer](std::string_view effect, const std::string& detail) mutable {
      for (auto& shot : *list)
        if (shot.rule().effect->name == effect) shot.fired(lane, source, peer, detail);
    };
  };
  const auto fired = teller(shots);
  const auto tls_fired = teller(std::make_shared<fault::Shots>(admission->tls_shots_));
  if (link.reset == LinkPlan::Cut::at_once) {
    fired("reset", "at once");
    boost::system::error_code ignored;
    admission->socket.set_option(asio::socket_base::linger(true, 0), ignored);
    admission->socket.close(ignored);
    return nullptr;
  }
  if (link.swallow || tls.stall == TlsPlan::Stall::server_hello) {
    const auto shaper = std::make_shared<Shaper>(shard, std::move(admission->socket), link, Shaper::Rules{}, fired);
    if (link.swallow) {
      fired("blackhole", "");
      shaper->swallow();
    } else {
      shaper->swallow([tls_fired] { tls_fired("stall", "before the ServerHello"); });
    }
    return nullptr;
  }
  if (tls.alert) {
    auto said = [tls_fired, alert = *tls.alert] { tls_fired("alert", fmt::format("{}", alert)); };
    asio::co_spawn(shard.io(), say_alert(std::move(admission->socket), *tls.alert, std::move(said)), asio::detached);
    return nullptr;
  }
  if (link.reset == LinkPlan::Cut::after_tls)
    for (const auto& shot : *shots)
      if (shot.rule().effect->name == "reset") admission->reset_after_tls_ = shot;
  const bool first_record_only = tls.stall == TlsPlan::Stall::certificate;
  if (link.shaped() || first_record_only) {
    Shaper::Rules rules;
    rules.engine = &lab_.faults;
    rules.camera = camera;
    if (first_record_only) rules.on_first_record = [tls_fired] { tls_fired("stall", "after the first TLS record"); };
    for (const auto& shot : *shots) {
      if (shot.rule().effect->name == "partition") rules.partition = &shot.rule();
      if (shot.rule().effect->name == "latency") rules.random = faults.random(shot);
    }
    auto shaper = std::make_shared<Shaper>(shard, std::move(admission->socket), link, rules, fired);
    auto inner = shaper->start();
    if (!inner) return nullptr;
    admission->socket = std::move(*inner);
    admission->shaper_ = std::move(shaper);
  }
  if (first_record_only) admission->tls_shots_.clear();  // its firing is the shaper's to tell
  admission->ssl = make_ssl(shard, tls);
  return admission;
}

bool Admission::handshake_ended(TlsStream& stream, bool completed) {
  // A device that left before its ClientHello met no fault.
  const bool met = completed || SSL_get_state(stream.ssl()) != TLS_ST_BEFORE;
  if (met)
    for (auto& shot : tls_shots_) shot.fired(*lane_, source_, peer_);
  if (!completed || !reset_after_tls_) return true;
  reset_after_tls_->fired(*lane_, source_, peer_, "after the TLS handshake");
  if (shaper_)
    shaper_->reset();
  else
    stream.abort();
  return false;
}

}  // namespace firstlight::fakes
