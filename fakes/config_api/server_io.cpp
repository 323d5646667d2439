#include "fakes/config_api/server.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "fakes/config_api/certificate_faults.hpp"
#include "fakes/config_api/document.hpp"
#include "fakes/http/json_error.hpp"
#include "fakes/iot/faults.hpp"
#include "fakes/pki/rsa_pool.hpp"
#include "fault/plans/config_api_body.hpp"
#include "fault/proof.hpp"

namespace firstlight::fakes::config_api {

namespace asio = boost::asio;
using nlohmann::ordered_json;

namespace {

constexpr std::chrono::seconds kBackdate{60};  // a device whose clock is a little late still finds it valid

std::int64_t micros_between(SteadyClock::time_point a, SteadyClock::time_point b) {
  return std::chrono::duration_cast<std::chrono::microseconds>(b - a).count();
}

/// The registry did not answer: the device may try again.
wire::HttpResponse unavailable() {
  auto response = json_error(503, "ServiceUnavailable", "The device cannot be registered at the moment.");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// Private keys that `reuse` hands out again. Devices may come back on another shard, hence the lock.
class IssuedKeys {
 public:
  void keep(const DeviceId& device, const iot::IssuedCertificate& issued) {
    const std::lock_guard lock(mutex_);
    by_device_.insert_or_assign(device, issued);
  }
  std::optional<iot::IssuedCertificate> find(const DeviceId& device) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_device_.find(device);
    if (found == by_device_.end()) return {};
    return found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<DeviceId, iot::IssuedCertificate> by_device_;
};

/// What one shard needs in its own library context.
struct PerShard {
  PerShard(const CryptoContext& crypto, const endorse::PublishedKeys& published, const iot::AuthorityPem& pem)
      : keys(crypto, published), authority(crypto, pem) {}
  endorse::KeyCache keys;
  iot::Authority authority;
  fault::AttemptCounter attempts;
};

struct Timings {
  SteadyClock::time_point started, verified, admitted, issued, registered;
};

class Service {
 public:
  Service(LabContext& lab, ConfigApiConfig config, ordered_json base, const endorse::PublishedKeys& keys,
          iot::Registry& registry, const iot::AuthorityPem& device_authority)
      : lab_(lab), config_(std::move(config)), base_(std::move(base)), registry_(registry) {
    // As many threads as would otherwise make keys when none is ready: the shards', and one ahead of them.
    if (config_.key_kind == wire::KeyKind::rsa_2048)
      pool_ = std::make_unique<RsaPool>(config_.rsa_keys_ready, lab_.shards.size() + 1, std::move(config_.rsa_keys));
    for (unsigned i = 0; i < lab_.shards.size(); ++i)
      shards_.push_back(std::make_unique<PerShard>(lab_.shards.at(i).crypto(), keys, device_authority));
  }

  asio::awaitable<HttpAnswer> handle(const HttpPeer& peer, const wire::HttpRequest& request) {
    Timings at;
    at.started = SteadyClock::now();
    const KeyLookup lookup = [&shard = *shards_[peer.shard.index()]](const std::string& kid) {
      return shard.keys.find(kid);
    };
    auto checked = check_request(peer.shard.crypto(), request, lookup, config_.claim_rules, lab_.clock.now());
    at.verified = SteadyClock::now();
    if (auto* refusal = std::get_if<Refusal>(&checked)) {
      if (refusal->token_error) reject(peer, *refusal->token_error);
      co_return std::move(refusal->response);
    }
    const auto& claims = std::get<wire::TokenClaims>(checked);
    journal::TokenAccepted accepted;
    accepted.imsi = claims.endorse.imsi->value();
    accepted.token_id = claims.token_id;
    append(peer, std::move(accepted));
    if (auto refused = refuse_sim(peer, claims)) co_return std::move(*refused);
    co_return co_await provision(peer, claims.endorse, at);
  }

 private:
  void append(const HttpPeer& peer, journal::Payload payload) {
    lab_.lanes[peer.shard.index()].append(journal::Source::config_api, peer.camera, peer.address.to_string(),
                                          std::move(payload));
  }

  void reject(const HttpPeer& peer, const Error& error) {
    journal::TokenRejected event;
    event.error = error.name();
    event.detail = error.detail;
    append(peer, std::move(event));
  }

  std::optional<wire::HttpResponse> refuse_sim(const HttpPeer& peer, const wire::TokenClaims& claims) {
    const auto& imsi = *claims.endorse.imsi;
    const auto& refused = config_.refused_sims;
    if (std::find(refused.begin(), refused.end(), imsi) != refused.end())
      return json_error(403, "SimNotAllowed", "The SIM is not allowed to register a device.");
    if (!config_.require_matching_sim) return {};
    const auto sim = lab_.sims.find(peer.address);
    if (sim && sim->imsi == imsi) return {};
    reject(peer, Errc::token_foreign_sim);
    return json_error(403, "SimNotAllowed", error_text(Errc::token_foreign_sim));
  }

  asio::awaitable<HttpAnswer> provision(const HttpPeer& peer, const wire::EndorseClaim& claim, Timings at) {
    auto device = co_await registry_.admit_device(*claim.imsi, claim.imei, claim.sim_id);
    if (!device) co_return unavailable();
    at.admitted = SteadyClock::now();
    journal::DeviceRegistered registered;
    registered.device_id = device->id.value();
    registered.imsi = claim.imsi->value();
    registered.first = device->first;
    append(peer, std::move(registered));

    auto merged = merge_over(base_, device->config_overrides);
    if (!merged)
      co_return json_error(500, "ConfigurationInvalid", "The device's own configuration is not a usable JSON object.");
    std::vector<PendingInjection> injections;
    auto certificate = reusable(*device);
    if (!certificate) {
      certificate = co_await reissue(peer, *device, at, injections);
      if (!certificate) {
        HttpAnswer refused(unavailable());
        refused.injections = std::move(injections);
        co_return refused;
      }
    }
    co_return respond(peer, std::move(*merged), *device, *certificate, std::move(injections));
  }

  /// A new certificate, registered; nothing when the registry did not take it. Adds what stands in the answer then.
  asio::awaitable<std::optional<iot::IssuedCertificate>> reissue(const HttpPeer& peer, const iot::DeviceRecord& device,
                                                                 Timings& at,
                                                                 std::vector<PendingInjection>& injections) {
    auto& attempts = shards_[peer.shard.index()]->attempts;
    CertificateFaults faults(lab_, peer, attempts);
    std::optional<iot::Issue> registration;  // nothing: a certificate from a foreign authority is not the registry's
    if (!faults.foreign()) registration.emplace(lab_, peer, attempts);
    auto certificate = co_await issue(peer.shard, faults, registration);
    at.issued = SteadyClock::now();
    if (registration) {
      const auto owner = co_await owner_of(device, peer, faults);
      const auto stored = co_await registration->register_certificate(registry_, owner, certificate);
      injections = registration->injections();
      if (!stored) co_return std::nullopt;
    }
    at.registered = SteadyClock::now();
    injections.insert(injections.begin(), faults.injections().begin(), faults.injections().end());
    if (config_.repeat == RepeatPolicy::reuse) issued_.keep(device.id, certificate);
    append(peer, issued_event(device, certificate, at));
    co_return certificate;
  }

  /// Whose certificate it is: the device's own, or by a fault that of a device which never asked.
  asio::awaitable<DeviceId> owner_of(const iot::DeviceRecord& device, const HttpPeer& peer,
                                     const CertificateFaults& faults) {
    if (!faults.for_another_device()) co_return device.id;
    const Imsi somebody(fmt::format("44010999{:07}", peer.camera));
    const std::optional<Imei> no_imei;
    const std::optional<SimId> no_sim;
    const auto other = co_await registry_.admit_device(somebody, no_imei, no_sim);
    co_return other ? other->id : device.id;
  }

  static journal::CertificateIssued issued_event(const iot::DeviceRecord& device,
                                                 const iot::IssuedCertificate& certificate, const Timings& at) {
    journal::CertificateIssued event;
    event.device_id = device.id.value();
    event.certificate_id = certificate.id.value();
    event.not_before = unix_seconds(certificate.validity.not_before);
    event.not_after = unix_seconds(certificate.validity.not_after);
    event.verify_us = micros_between(at.started, at.verified);
    event.register_us = micros_between(at.verified, at.admitted) + micros_between(at.issued, at.registered);
    event.issue_us = micros_between(at.admitted, at.issued);
    return event;
  }

  std::optional<iot::IssuedCertificate> reusable(const iot::DeviceRecord& device) const {
    if (config_.repeat != RepeatPolicy::reuse || !device.current) return {};
    auto kept = issued_.find(device.id);
    const auto now = lab_.clock.now();
    if (!kept || kept->id != device.current->id || kept->validity.not_after < now) return {};
    return kept;
  }

  asio::awaitable<iot::IssuedCertificate> issue(Shard& shard, CertificateFaults& faults,
                                                std::optional<iot::Issue>& registration) {
    std::vector<PkeyPtr> keys;
    while (keys.size() < faults.keys_needed()) {
      auto key = co_await new_key(shard);
      keys.push_back(std::move(key));
    }
    const auto now = from_unix_seconds(unix_seconds(lab_.clock.now()));
    wire::Validity validity{now - kBackdate, now + config_.certificate_lifetime};
    if (registration) registration->limit(validity);
    auto& authority = shards_[shard.index()]->authority;
    if (faults.any()) co_return faults.issue(shard.crypto(), authority, std::move(keys), validity, now);
    co_return authority.issue_device(keys.front().get(), validity);
  }

  /// Of the kind that devices have. An EC key is made in some tens of microseconds; RSA keys come from the pool.
  asio::awaitable<PkeyPtr> new_key(Shard& shard) {
    if (pool_) co_return co_await pool_->next(shard);
    co_return wire::generate_key(shard.crypto(), config_.key_kind);
  }

  HttpAnswer respond(const HttpPeer& peer, ordered_json merged, const iot::DeviceRecord& device,
                     const iot::IssuedCertificate& certificate, std::vector<PendingInjection> injections) const {
    DeviceFacts facts;
    facts.device_id = device.id;
    facts.certificate_id = certificate.id;
    facts.certificate_pem = certificate.certificate_pem;
    facts.private_key_pem = certificate.private_key_pem;
    facts.ca_certificate_pem = config_.ca_certificate_pem;
    facts.not_before = certificate.validity.not_before;
    facts.not_after = certificate.validity.not_after;
    facts.mqtt_endpoint = config_.mqtt_host;
    facts.mqtt_port = config_.mqtt_port;
    wire::HttpResponse response;
    response.headers.emplace_back("Cache-Control", "no-store");  // it holds a private key
    auto document = fill_document(std::move(merged), facts);
    for (const auto& injection : edit_body(peer, document))
      injections.push_back({injection, journal::Source::config_api, {}});
    response.body = document.dump();
    HttpAnswer answer(std::move(response));
    answer.injections = std::move(injections);
    return answer;
  }

  /// The injections that a device can tell from the document: not one for a field that this configuration does not
  /// have.
  fault::Injections edit_body(const HttpPeer& peer, ordered_json& document) const {
    constexpr auto kPoint = fault::Point::config_api_body;
    if (!lab_.faults.watches(kPoint)) return {};
    const auto attempt = shards_[peer.shard.index()]->attempts.next(kPoint, peer.camera);
    auto injections = lab_.faults.consult(kPoint, peer.camera, attempt);
    const auto edited = [proper = document](const fault::Injections& those) {
      auto copy = proper;
      (void)fault::plan_of(those, fault::BodyDraft{&copy});
      return copy;
    };
    document = edited(injections);
    return fault::effective(std::move(injections), edited);
  }

  LabContext lab_;
  ConfigApiConfig config_;
  ordered_json base_;  // the built-in template with the site's merged over it
  iot::Registry& registry_;
  std::unique_ptr<RsaPool> pool_;
  std::vector<std::unique_ptr<PerShard>> shards_;
  IssuedKeys issued_;
};

}  // namespace

struct ConfigApiServer::Impl {
  std::unique_ptr<HttpsServer> server;
};

ConfigApiServer::ConfigApiServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ConfigApiServer::~ConfigApiServer() = default;

result<std::unique_ptr<ConfigApiServer>> ConfigApiServer::start(LabContext& lab, ConfigApiConfig config,
                                                                const endorse::PublishedKeys& keys,
                                                                iot::Registry& registry,
                                                                const iot::AuthorityPem& device_authority) {
  auto base = merge_over(default_template(), config.config_template);
  if (!base) return base.error();
  HttpsServerConfig https;
  https.source = journal::Source::config_api;
  https.faults = {fault::Point::link_config_api, fault::Point::tls_config_api, fault::Point::config_api_http};
  https.address = config.address;
  https.port = config.port;
  https.identity = std::move(config.identity);
  https.idle_limit = config.idle_limit;
  auto service = std::make_shared<Service>(lab, std::move(config), std::move(*base), keys, registry, device_authority);
  auto server = HttpsServer::start(
      lab, std::move(https),
      [service](const HttpPeer& peer, const wire::HttpRequest& request) { return service->handle(peer, request); });
  if (!server) return server.error();
  auto impl = std::make_unique<Impl>(Impl{std::move(*server)});
  return std::unique_ptr<ConfigApiServer>(new ConfigApiServer(std::move(impl)));
}

HttpsServer& ConfigApiServer::server() {
  return *impl_->server;
}

unsigned short ConfigApiServer::port() const {
  return impl_->server->port();
}

void ConfigApiServer::stop_accepting() {
  impl_->server->stop_accepting();
}

}  // namespace firstlight::fakes::config_api
