#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "fakes/iot/owner.hpp"
#include "fakes/iot/registry.hpp"

namespace firstlight::fakes::iot {

namespace asio = boost::asio;

namespace {

template <class T>
using Question = std::function<result<T>(Ledger&)>;

/// Queues the question; the coroutine goes on where it runs, with the answer or with what kept it from being kept.
template <class T>
asio::awaitable<result<T>> ask(RegistryOwner& owner, Question<T> question) {
  const auto initiate = [](auto handler, RegistryOwner* to, Question<T> what) {
    using Handler = decltype(handler);
    const auto waiting = std::make_shared<std::optional<Handler>>(std::move(handler));
    const auto answer = std::make_shared<result<T>>(Error(Errc::cancelled));
    RegistryOwner::Operation operation;
    operation.apply = [answer, what = std::move(what)](Ledger& ledger) { *answer = what(ledger); };
    operation.complete = [waiting, answer](const std::optional<Error>& error) {
      if (error) *answer = *error;
      // The handler leaves the owner thread whole: its coroutine must be resumed or destroyed by its own shard.
      auto resume = std::move(**waiting);
      waiting->reset();
      const auto executor = asio::get_associated_executor(resume);
      asio::post(executor, [resume = std::move(resume), answer]() mutable { resume(std::move(*answer)); });
    };
    to->submit(std::move(operation));
  };
  auto* to = &owner;
  auto waiting =
      asio::async_initiate<const asio::use_awaitable_t<>, void(result<T>)>(initiate, asio::use_awaitable, to, question);
  co_return co_await std::move(waiting);
}

}  // namespace

const CertificateView* Replica::find(const CertificateId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

struct Registry::Impl {
  /// On the shard: the replica takes the change over and tells its listener, unless the certificate is new.
  static void receive(Replica& replica, const CertificateId& id, const CertificateView& view) {
    const bool known = replica.by_id_.contains(id);
    replica.by_id_.insert_or_assign(id, view);
    if (known && replica.on_change) replica.on_change(id, view);
  }

  void publish(const CertificateId& id, const CertificateView& view) {
    const auto shared = std::make_shared<const std::pair<CertificateId, CertificateView>>(id, view);
    for (unsigned i = 0; i < shards.size(); ++i)
      asio::post(shards.at(i).io(),
                 [replica = replicas[i], shared] { receive(*replica, shared->first, shared->second); });
  }

  explicit Impl(RegistryConfig c, ShardSet& s) : config(std::move(c)), shards(s) {
    for (unsigned i = 0; i < shards.size(); ++i) replicas.push_back(std::make_shared<Replica>());
  }

  RegistryConfig config;
  ShardSet& shards;
  std::vector<std::shared_ptr<Replica>> replicas;  // shared with updates on their way, which may outlive the registry
  std::unique_ptr<RegistryOwner> owner;
};

Registry::Registry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Registry::~Registry() {
  close();
}

result<std::unique_ptr<Registry>> Registry::open(RegistryConfig config, ShardSet& shards, const WallClock& clock) {
  auto database = Database::open(config.path, config.durable);
  if (!database) return database.error();
  auto impl = std::make_unique<Impl>(config, shards);
  auto* const self = impl.get();
  auto publish = [self](const CertificateId& id, const CertificateView& view) { self->publish(id, view); };
  auto owner = RegistryOwner::create(std::move(*database), std::move(config), clock, std::move(publish));
  if (!owner) return owner.error();
  impl->owner = std::move(*owner);
  const auto& index = impl->owner->index();
  for (auto& replica : impl->replicas)
    for (const auto& [id, row] : index.certificates()) replica->by_id_.emplace(id, index.view(row.record));
  impl->owner->start();
  return std::unique_ptr<Registry>(new Registry(std::move(impl)));
}

result<Authorities> Registry::authorities(const CryptoContext& crypto) {
  std::optional<Authorities> stored;
  WallTime now;
  const auto look = [&](Ledger& ledger) {
    stored = stored_authorities(ledger.index());
    now = ledger.now();
  };
  if (const auto error = impl_->owner->submit_and_wait(look)) return *error;
  if (stored) return *stored;
  const Authorities made{make_authority(crypto, "firstlight server CA", now),
                         make_authority(crypto, "firstlight device CA", now)};
  const auto keep = [&](Ledger& ledger) { keep_authorities(ledger, made); };
  if (const auto error = impl_->owner->submit_and_wait(keep)) return *error;
  return made;
}

result<void> Registry::register_operator(const IssuedCertificate& certificate) {
  const auto add = [&](Ledger& ledger) { register_operator_certificate(ledger, certificate); };
  if (const auto error = impl_->owner->submit_and_wait(add)) return *error;
  return {};
}

Replica& Registry::replica(unsigned shard) {
  return *impl_->replicas.at(shard);
}

asio::awaitable<result<DeviceRecord>> Registry::admit_device(Imsi imsi, std::optional<Imei> imei,
                                                             std::optional<SimId> sim_id) {
  Question<DeviceRecord> question = [imsi, imei, sim_id](Ledger& ledger) { return admit(ledger, imsi, imei, sim_id); };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<result<void>> Registry::register_certificate(DeviceId device, IssuedCertificate certificate,
                                                             std::chrono::milliseconds propagation) {
  certificate.private_key_pem.clear();  // the device's alone, as on AWS
  Question<void> question = [device, certificate, propagation, after = impl_->config.retire_after](Ledger& ledger) {
    if (propagation.count() > 0) ledger.late().emplace_back(certificate.id, propagation);
    return register_device_certificate(ledger, device, certificate, after);
  };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<result<CertificateRecord>> Registry::describe_certificate(CertificateId id) {
  Question<CertificateRecord> question = [id](Ledger& ledger) { return describe(ledger.index(), id); };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<result<CertificateRecord>> Registry::certificate_of(Imsi imsi) {
  Question<CertificateRecord> question = [imsi](Ledger& ledger) { return newest_certificate(ledger.index(), imsi); };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<result<StatusChange>> Registry::change_certificate(CertificateId id, CertificateStatus status) {
  Question<StatusChange> question = [id, status](Ledger& ledger) { return set_status(ledger, id, status); };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<result<void>> Registry::update_certificate(CertificateId id, CertificateStatus status) {
  const auto change = co_await change_certificate(std::move(id), status);
  if (!change) co_return change.error();
  co_return result<void>();
}

asio::awaitable<result<void>> Registry::set_device_config(DeviceId device, std::string overrides) {
  Question<void> question = [device, overrides](Ledger& ledger) { return set_config(ledger, device, overrides); };
  return ask(*impl_->owner, std::move(question));
}

asio::awaitable<void> Registry::set_presence(DeviceId device, bool connected, std::string address, std::string reason) {
  RegistryOwner::Operation operation;
  operation.apply = [device, connected, address, reason](Ledger& ledger) {
    note_presence(ledger, device, connected, address, reason);
  };
  impl_->owner->submit(std::move(operation));
  co_return;
}

std::optional<Error> Registry::failure() const {
  return impl_->owner->failure();
}

void Registry::close() {
  impl_->owner->close();
}

}  // namespace firstlight::fakes::iot
