#include "fakes/iot/registry_logic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

namespace firstlight::fakes::iot {

namespace {

DeviceId free_device_id(const Ledger& ledger, const std::optional<SimId>& sim, const Imsi& imsi) {
  unsigned round = 0;
  auto id = derive_device_id(ledger.crypto(), sim, imsi);
  while (ledger.index().device(id) != nullptr) id = derive_device_id(ledger.crypto(), sim, imsi, ++round);
  return id;
}

const DeviceRow* known_device(const Index& index, const Imsi& imsi, const std::optional<SimId>& sim) {
  if (sim)
    if (const auto* device = index.device_by_sim(*sim)) return device;
  const auto* device = index.device_by_imsi(imsi);
  const bool other_sim = device != nullptr && sim && device->sim_id;
  return other_sim ? nullptr : device;
}

std::optional<CertificateRecord> newest_active(const Index& index, const DeviceId& id) {
  const CertificateRecord* newest = nullptr;
  for (const auto& one : index.certificates_of(id)) {
    const auto& record = index.certificate(one)->record;
    if (record.status != CertificateStatus::active) continue;
    if (newest == nullptr || record.issued >= newest->issued) newest = &record;
  }
  if (newest == nullptr) return {};
  return *newest;
}

CertificateRow new_certificate(const Ledger& ledger, const IssuedCertificate& issued, const char* policy) {
  CertificateRow row;
  row.record.id = issued.id;
  row.record.pem = issued.certificate_pem;
  row.record.policy_name = policy;
  row.record.validity = issued.validity;
  row.record.created = row.record.modified = ledger.now();
  row.record.issued = issued.issued;
  return row;
}

/// That customerVersion counts changes of the status is unverified; AWS says only that it is at least 1.
void record_status(Ledger& ledger, CertificateRow row, CertificateStatus status) {
  row.record.status = status;
  row.record.modified = ledger.now();
  ++row.record.customer_version;
  row.retire_at.reset();
  ledger.emit(std::move(row));
}

void retire(Ledger& ledger, CertificateRow row) {
  ledger.retired().push_back({true, row.record.id, row.record.device_id});
  record_status(ledger, std::move(row), CertificateStatus::inactive);
}

/// The certificate has a successor.
void supersede(Ledger& ledger, CertificateRow row, std::chrono::seconds retire_after) {
  if (row.retire_at) return;
  row.retire_at = ledger.now() + retire_after;
  if (retire_after.count() > 0)
    ledger.emit(std::move(row));
  else
    retire(ledger, std::move(row));
}

}  // namespace

void Ledger::emit(Row row) {
  [[maybe_unused]] const auto applied = index_.apply(row);
  assert(applied);  // only a policy document can be refused, and ours parse
  rows_.push_back(std::move(row));
}

DeviceId derive_device_id(const CryptoContext& crypto, const std::optional<SimId>& sim, const Imsi& imsi,
                          unsigned round) {
  auto seed = sim ? sim->value() : "imsi:" + imsi.value();
  if (round > 0) seed += fmt::format("#{}", round);
  const auto digest = sha256(crypto, as_bytes(seed));
  std::string id = "7C";
  for (std::size_t i = 0; i < 5; ++i) id += fmt::format("{:02X}", digest[i]);
  return DeviceId(id);
}

void ensure_policies(Ledger& ledger) {
  if (!ledger.index().policy(kCameraPolicy))
    ledger.emit(PolicyRow{kCameraPolicy, camera_policy_document(), ledger.now()});
  if (!ledger.index().policy(kOperatorPolicy))
    ledger.emit(PolicyRow{kOperatorPolicy, operator_policy_document(), ledger.now()});
}

void end_old_sessions(Ledger& ledger) {
  std::vector<PresenceRow> stale;
  for (const auto& [id, row] : ledger.index().presence())
    if (row.connected) stale.push_back(row);
  for (auto& row : stale) {
    row.connected = false;
    row.reason = "LAB_ENDED";
    row.since = ledger.now();
    ledger.emit(std::move(row));
  }
}

DeviceRecord admit(Ledger& ledger, const Imsi& imsi, const std::optional<Imei>& imei, const std::optional<SimId>& sim) {
  const auto& index = ledger.index();
  const auto* known = known_device(index, imsi, sim);
  const bool first = known == nullptr;
  DeviceRow row;
  if (first) {
    row.id = free_device_id(ledger, sim, imsi);
    row.first_seen = ledger.now();
  } else {
    row = *known;
  }
  row.imsi = imsi;
  if (imei) row.imei = imei;
  if (sim) row.sim_id = sim;
  row.last_seen = ledger.now();
  if (const auto* holder = index.device_by_imsi(imsi); holder != nullptr && holder->id != row.id) {
    auto bereft = *holder;
    bereft.imsi.reset();
    ledger.emit(std::move(bereft));
  }
  ledger.emit(row);
  if (first) {
    ledger.emit(ThingRow{row.id.value(), row.id, ledger.now()});
    ledger.emit(DeviceConfigRow{row.id, "{}", ledger.now()});
  }
  DeviceRecord record;
  record.id = row.id;
  record.imsi = imsi;
  record.imei = row.imei;
  record.sim_id = row.sim_id;
  record.first = first;
  record.config_overrides = index.overrides(row.id);
  record.current = newest_active(index, row.id);
  return record;
}

result<void> register_device_certificate(Ledger& ledger, const DeviceId& device, const IssuedCertificate& certificate,
                                         std::chrono::seconds retire_after) {
  const auto& index = ledger.index();
  if (index.device(device) == nullptr) return Error(Errc::not_found, fmt::format("device {}", device.value()));
  if (index.certificate(certificate.id) != nullptr)
    return Error(Errc::already_exists, fmt::format("certificate {}", certificate.id.value()));
  auto row = new_certificate(ledger, certificate, kCameraPolicy);
  row.record.device_id = device;
  row.record.thing_name = device.value();
  ledger.emit(std::move(row));
  // A registration may come late, after that of the certificate which the device was given instead: what was issued
  // later is the successor, whichever was registered first.
  bool superseded = false;
  const auto ids = index.certificates_of(device);  // a copy: emitting changes the index
  for (const auto& id : ids) {
    const auto* other = index.certificate(id);
    if (id == certificate.id || other->record.status != CertificateStatus::active) continue;
    if (other->record.issued > certificate.issued)
      superseded = true;
    else
      supersede(ledger, *other, retire_after);
  }
  if (superseded) supersede(ledger, *index.certificate(certificate.id), retire_after);
  return {};
}

void register_operator_certificate(Ledger& ledger, const IssuedCertificate& certificate) {
  if (ledger.index().certificate(certificate.id) == nullptr)
    ledger.emit(new_certificate(ledger, certificate, kOperatorPolicy));
}

result<CertificateRecord> describe(const Index& index, const CertificateId& id) {
  const auto* row = index.certificate(id);
  if (row == nullptr) return Error(Errc::not_found, fmt::format("certificate {}", id.value()));
  return row->record;
}

result<CertificateRecord> newest_certificate(const Index& index, const Imsi& imsi) {
  const auto* device = index.device_by_imsi(imsi);
  auto newest = device == nullptr ? std::nullopt : newest_active(index, device->id);
  if (!newest) return Error(Errc::not_found, fmt::format("an ACTIVE certificate of IMSI {}", imsi.value()));
  return std::move(*newest);
}

result<StatusChange> set_status(Ledger& ledger, const CertificateId& id, CertificateStatus status) {
  const auto* row = ledger.index().certificate(id);
  if (row == nullptr) return Error(Errc::not_found, fmt::format("certificate {}", id.value()));
  if (status == CertificateStatus::pending_transfer || status == CertificateStatus::pending_activation ||
      status == CertificateStatus::register_inactive)
    return Error(Errc::conflict, fmt::format("a certificate cannot be set to {}", status_name(status)));
  StatusChange change{row->record.status != status, id, row->record.device_id};
  if (change.changed) {
    record_status(ledger, *row, status);
  } else if (row->retire_at) {
    auto kept = *row;
    kept.retire_at.reset();
    ledger.emit(std::move(kept));
  }
  return change;
}

result<void> set_config(Ledger& ledger, const DeviceId& device, const std::string& overrides) {
  if (ledger.index().device(device) == nullptr) return Error(Errc::not_found, fmt::format("device {}", device.value()));
  const auto parsed = nlohmann::json::parse(overrides, nullptr, false);
  if (!parsed.is_object()) return Error(Errc::invalid_argument, "a device's settings are a JSON object");
  ledger.emit(DeviceConfigRow{device, overrides, ledger.now()});
  return {};
}

void note_presence(Ledger& ledger, const DeviceId& device, bool connected, const std::string& address,
                   const std::string& reason) {
  if (ledger.index().device(device) == nullptr) return;  // the operator's, or another client without a device
  ledger.emit(PresenceRow{device, connected, address, reason, ledger.now()});
}

bool retire_if_due(Ledger& ledger, const CertificateId& id) {
  const auto* row = ledger.index().certificate(id);
  if (row == nullptr || !row->retire_at || *row->retire_at > ledger.now()) return false;
  if (row->record.status != CertificateStatus::active) return false;
  retire(ledger, *row);
  return true;
}

std::optional<Authorities> stored_authorities(const Index& index) {
  const auto* server = index.authority("server");
  const auto* device = index.authority("device");
  if (server == nullptr || device == nullptr) return {};
  return Authorities{server->pem, device->pem};
}

void keep_authorities(Ledger& ledger, const Authorities& authorities) {
  ledger.emit(AuthorityRow{"server", authorities.server, ledger.now()});
  ledger.emit(AuthorityRow{"device", authorities.device, ledger.now()});
}

}  // namespace firstlight::fakes::iot
