#include "fakes/iot/index.hpp"

#include <fmt/format.h>

namespace firstlight::fakes::iot {

namespace {

template <class Map, class Key>
const typename Map::mapped_type* lookup(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not deduce aggregates by itself

}  // namespace

result<void> Index::apply(const Row& row) {
  std::optional<Error> error;
  std::visit(Overloaded{[&](const DeviceRow& r) { put(r); }, [&](const CertificateRow& r) { put(r); },
                        [&](const DeviceConfigRow& r) { overrides_.insert_or_assign(r.device_id, r.overrides); },
                        [&](const ThingRow&) {},  // a device's thing has the device's id as its name
                        [&](const PresenceRow& r) { presence_.insert_or_assign(r.device_id, r); },
                        [&](const AuthorityRow& r) { authorities_.insert_or_assign(r.role, r); },
                        [&](const PolicyRow& r) {
                          auto policy = Policy::parse(r.document);
                          if (policy)
                            policies_.insert_or_assign(r.name, std::make_shared<const Policy>(std::move(*policy)));
                          else
                            error = Error(Errc::database_error,
                                          fmt::format("policy {}: {}", r.name, policy.error().detail));
                        }},
             row);
  if (error) return *error;
  return {};
}

void Index::put(const DeviceRow& row) {
  if (const auto* old = device(row.id)) {
    if (old->imsi && old->imsi != row.imsi) by_imsi_.erase(*old->imsi);
    if (old->sim_id && old->sim_id != row.sim_id) by_sim_.erase(*old->sim_id);
  }
  if (row.imsi) by_imsi_.insert_or_assign(*row.imsi, row.id);
  if (row.sim_id) by_sim_.insert_or_assign(*row.sim_id, row.id);
  devices_.insert_or_assign(row.id, row);
}

void Index::put(const CertificateRow& row) {
  const auto& record = row.record;
  if (!record.device_id.empty() && certificate(record.id) == nullptr) of_device_[record.device_id].push_back(record.id);
  certificates_.insert_or_assign(record.id, row);
}

const DeviceRow* Index::device(const DeviceId& id) const {
  return lookup(devices_, id);
}

const DeviceRow* Index::device_by_imsi(const Imsi& imsi) const {
  const auto* id = lookup(by_imsi_, imsi);
  return id == nullptr ? nullptr : device(*id);
}

const DeviceRow* Index::device_by_sim(const SimId& sim) const {
  const auto* id = lookup(by_sim_, sim);
  return id == nullptr ? nullptr : device(*id);
}

const std::string& Index::overrides(const DeviceId& id) const {
  static const std::string kNone = "{}";
  const auto* found = lookup(overrides_, id);
  return found == nullptr ? kNone : *found;
}

const CertificateRow* Index::certificate(const CertificateId& id) const {
  return lookup(certificates_, id);
}

const std::vector<CertificateId>& Index::certificates_of(const DeviceId& id) const {
  static const std::vector<CertificateId> kNone;
  const auto* found = lookup(of_device_, id);
  return found == nullptr ? kNone : *found;
}

const AuthorityRow* Index::authority(const std::string& role) const {
  return lookup(authorities_, role);
}

std::shared_ptr<const Policy> Index::policy(const std::string& name) const {
  const auto* found = lookup(policies_, name);
  return found == nullptr ? nullptr : *found;
}

CertificateView Index::view(const CertificateRecord& record) const {
  CertificateView view;
  view.status = record.status;
  view.device_id = record.device_id;
  view.thing_name = record.thing_name;
  view.validity = record.validity;
  view.policy = policy(record.policy_name);
  return view;
}

}  // namespace firstlight::fakes::iot
