#include "fakes/endorse/server.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "fakes/endorse/draft.hpp"
#include "fault/proof.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::endorse {

namespace asio = boost::asio;

namespace {

/// The key that one shard signs with, in the shard's own library context.
struct ShardSigner {
  KeyId id;
  PkeyPtr key;
};

/// What the two handlers share; owned by them, so it lives as long as a connection does.
struct Service {
  LabContext lab;
  EndorseSettings settings;
  PublishedKeys published;
  std::vector<ShardSigner> signers;  // one a shard, by index; touched by that shard's thread only, once it runs
  std::vector<fault::AttemptCounter> tokens;  // likewise
  std::vector<PkeyPtr> unpublished_keys;  // a key that nobody published, one a shard; null where no rule signs with it

  asio::awaitable<HttpAnswer> endorse(const HttpPeer& peer, const wire::HttpRequest& request) {
    const auto& crypto = peer.shard.crypto();
    const auto& signer = signers[peer.shard.index()];
    fault::Injections injections;
    EndorseRequestFacts facts{request, lab.sims.find(peer.address), lab.clock.now(), new_token_id(crypto)};
    if (lab.faults.watches(fault::Point::endorse_token))
      facts.edit = [&](fault::TokenDraft& draft) { injections = edit_token(peer, draft, signer.key.get()); };
    const SigningKeyView keys{signer.id, signer.key.get(), unpublished_keys[peer.shard.index()].get()};
    auto reply = handle(crypto, facts, settings, keys);
    if (reply.issued) {
      journal::TokenIssued event;
      event.imsi = reply.issued->imsi.value();
      event.key_id = signer.id.value();
      event.token_id = reply.issued->token_id;
      event.expires_at = reply.issued->expires_at;
      lab.lanes[peer.shard.index()].append(journal::Source::endorse, peer.camera, peer.address.to_string(),
                                           std::move(event));
    }
    HttpAnswer answer(std::move(reply.response));
    for (const auto& injection : injections) answer.injections.push_back({injection, journal::Source::endorse, {}});
    co_return answer;
  }

  /// The injections that a device can tell from the token.
  fault::Injections edit_token(const HttpPeer& peer, fault::TokenDraft& draft, EVP_PKEY* key) {
    constexpr auto kPoint = fault::Point::endorse_token;
    // Any SIM but the camera's own.
    draft.other_imsi = Imsi("440109999999999");
    const auto proper = draft;
    const auto attempt = tokens[peer.shard.index()].next(kPoint, peer.camera);
    auto injections = lab.faults.edit(draft, kPoint, peer.camera, attempt);
    return fault::effective(std::move(injections), [&](const fault::Injections& those) {
      return outline(fault::plan_of(those, proper), key);
    });
  }

  asio::awaitable<HttpAnswer> publish(const wire::HttpRequest& request) {
    co_return key_store_reply(request, published);
  }
};

ShardSigner load(const CryptoContext& crypto, const SigningKey& key) {
  auto parsed = wire::parse_private_key(crypto, key.private_pem.reveal());
  return {key.id, std::move(parsed.value())};
}

/// Whether any rule has tokens signed by somebody whose key was never published.
bool needs_unpublished_key(const fault::Engine& faults) {
  const auto& rules = faults.rules();
  return std::any_of(rules.begin(), rules.end(), [](const fault::Rule& rule) {
    const auto& at = rule.points;
    if (std::find(at.begin(), at.end(), fault::Point::endorse_token) == at.end()) return false;
    auto draft = make_draft("{}", "{}", {});
    fault::Engine::apply(draft, rule);
    return draft.signature == fault::TokenDraft::Signature::unknown_key;
  });
}

bool fits_a_header(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

result<void> check(const EndorseSettings& settings) {
  if (!fits_a_header(settings.allow_origin)) return Error(Errc::invalid_argument, "allow_origin");
  for (const auto& url : settings.authorized_redirect_urls)
    if (!fits_a_header(url)) return Error(Errc::invalid_argument, "authorized_redirect_urls");
  return {};
}

}  // namespace

struct EndorseServers::Impl {
  std::shared_ptr<Service> service;
  std::unique_ptr<HttpsServer> endorse;
  std::unique_ptr<HttpsServer> keys;
};

EndorseServers::EndorseServers(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EndorseServers::~EndorseServers() = default;

result<std::unique_ptr<EndorseServers>> EndorseServers::start(LabContext& lab, EndorseConfig config) {
  if (auto checked = check(config.settings); !checked) return checked.error();
  if (config.signing_keys.empty()) {
    const CryptoContext crypto;
    config.signing_keys.push_back(make_signing_key(crypto));
  }
  auto service = std::make_shared<Service>(Service{lab, std::move(config.settings), {}, {}, {}, {}});
  service->tokens.resize(lab.shards.size());
  service->unpublished_keys.resize(lab.shards.size());
  if (needs_unpublished_key(lab.faults)) {
    const auto unpublished_key = make_signing_key(CryptoContext());
    for (unsigned i = 0; i < lab.shards.size(); ++i)
      service->unpublished_keys[i] = std::move(load(lab.shards.at(i).crypto(), unpublished_key).key);
  }
  for (const auto& key : config.signing_keys) service->published.publish(key.id, key.public_pem);
  for (unsigned i = 0; i < lab.shards.size(); ++i)
    service->signers.push_back(load(lab.shards.at(i).crypto(), config.signing_keys.back()));

  HttpsServerConfig https;
  https.source = journal::Source::endorse;
  https.faults = {fault::Point::link_endorse, fault::Point::tls_endorse, fault::Point::endorse_http};
  https.address = config.address;
  https.port = config.endorse_port;
  https.identity = config.identity;
  https.idle_limit = config.idle_limit;
  auto endorse = HttpsServer::start(lab, https, [service](const HttpPeer& peer, const wire::HttpRequest& request) {
    return service->endorse(peer, request);
  });
  if (!endorse) return endorse.error();
  https.source = journal::Source::keys;
  https.faults = {fault::Point::link_keys, fault::Point::tls_keys, fault::Point::keys_http};
  https.port = config.keys_port;
  auto keys = HttpsServer::start(lab, std::move(https), [service](const HttpPeer&, const wire::HttpRequest& request) {
    return service->publish(request);
  });
  if (!keys) return keys.error();
  auto impl = std::make_unique<Impl>(Impl{std::move(service), std::move(*endorse), std::move(*keys)});
  return std::unique_ptr<EndorseServers>(new EndorseServers(std::move(impl)));
}

unsigned short EndorseServers::endorse_port() const {
  return impl_->endorse->port();
}

unsigned short EndorseServers::keys_port() const {
  return impl_->keys->port();
}

PublishedKeys EndorseServers::keys() const {
  return impl_->service->published;
}

KeyId EndorseServers::rotate() {
  const CryptoContext crypto;
  const auto key = make_signing_key(crypto);
  auto& service = impl_->service;
  service->published.publish(key.id, key.public_pem);
  for (unsigned i = 0; i < service->lab.shards.size(); ++i) {
    auto& shard = service->lab.shards.at(i);
    asio::post(shard.io(), [service, &shard, key] { service->signers[shard.index()] = load(shard.crypto(), key); });
  }
  return key.id;
}

HttpsServer& EndorseServers::endorse_server() {
  return *impl_->endorse;
}
HttpsServer& EndorseServers::keys_server() {
  return *impl_->keys;
}

void EndorseServers::stop_accepting() {
  impl_->endorse->stop_accepting();
  impl_->keys->stop_accepting();
}

}  // namespace firstlight::fakes::endorse
