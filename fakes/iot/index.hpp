// The registry's memory: every row of the state file, found by the keys that questions come with. Owned by the
// registry's owner thread; changed only by applying rows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "fakes/iot/rows.hpp"

namespace firstlight::fakes::iot {

class Index {
 public:
  /// Errors: database-error (a stored policy document that does not parse; detail: its name and what is wrong).
  result<void> apply(const Row& row);

  [[nodiscard]] const DeviceRow* device(const DeviceId& id) const;
  [[nodiscard]] const DeviceRow* device_by_imsi(const Imsi& imsi) const;
  [[nodiscard]] const DeviceRow* device_by_sim(const SimId& sim) const;
  [[nodiscard]] const std::string& overrides(const DeviceId& id) const;  // "{}" without any
  [[nodiscard]] const CertificateRow* certificate(const CertificateId& id) const;
  /// In the order of their registration.
  [[nodiscard]] const std::vector<CertificateId>& certificates_of(const DeviceId& id) const;
  [[nodiscard]] const AuthorityRow* authority(const std::string& role) const;
  [[nodiscard]] std::shared_ptr<const Policy> policy(const std::string& name) const;  // null: no such policy
  [[nodiscard]] const std::unordered_map<CertificateId, CertificateRow>& certificates() const { return certificates_; }
  [[nodiscard]] const std::unordered_map<DeviceId, PresenceRow>& presence() const { return presence_; }
  [[nodiscard]] CertificateView view(const CertificateRecord& record) const;

 private:
  void put(const DeviceRow& row);
  void put(const CertificateRow& row);

  std::unordered_map<DeviceId, DeviceRow> devices_;
  std::unordered_map<Imsi, DeviceId> by_imsi_;
  std::unordered_map<SimId, DeviceId> by_sim_;
  std::unordered_map<DeviceId, std::string> overrides_;
  std::unordered_map<CertificateId, CertificateRow> certificates_;
  std::unordered_map<DeviceId, std::vector<CertificateId>> of_device_;
  std::unordered_map<DeviceId, PresenceRow> presence_;
  std::map<std::string, std::shared_ptr<const Policy>> policies_;
  std::map<std::string, AuthorityRow> authorities_;
};

}  // namespace firstlight::fakes::iot
