// What the registry answers and which rows that changes: pure functions over the index, without threads, files or
// sockets. Run by the registry's owner thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "fakes/iot/index.hpp"

namespace firstlight::fakes::iot {

inline constexpr const char* kCameraPolicy = "firstlight-camera";
inline constexpr const char* kOperatorPolicy = "firstlight-operator";

/// "7C" and ten upper-case hex digits of SHA-256; `round` counts collisions, each of which hashes anew.
[[nodiscard]] DeviceId derive_device_id(const CryptoContext& crypto, const std::optional<SimId>& sim, const Imsi& imsi,
                                        unsigned round = 0);

/// One operation's view of the registry: it reads the index and emits rows, which the index has at once.
class Ledger {
 public:
  Ledger(Index& index, const CryptoContext& crypto, WallTime now) : index_(index), crypto_(crypto), now_(now) {}
  [[nodiscard]] const Index& index() const { return index_; }
  [[nodiscard]] const CryptoContext& crypto() const { return crypto_; }
  [[nodiscard]] WallTime now() const { return now_; }
  void emit(Row row);
  [[nodiscard]] Rows& rows() { return rows_; }
  /// Superseded certificates that this operation turned INACTIVE.
  [[nodiscard]] std::vector<StatusChange>& retired() { return retired_; }
  /// Certificates of which the replicas are to learn so much later than of others.
  [[nodiscard]] std::vector<std::pair<CertificateId, std::chrono::milliseconds>>& late() { return late_; }

 private:
  Index& index_;
  const CryptoContext& crypto_;
  WallTime now_;
  Rows rows_;
  std::vector<StatusChange> retired_;
  std::vector<std::pair<CertificateId, std::chrono::milliseconds>> late_;
};

/// The policies that the lab attaches, where the file has none of their names.
void ensure_policies(Ledger& ledger);
/// Sessions of an earlier lab ended with it.
void end_old_sessions(Ledger& ledger);

/// simId wins: it names the device where it is known; an IMSI that it appears with is the device's from then on, and is
/// taken from any other device. Without a simId, or with a new one, a known IMSI names the device unless that device
/// has another simId.
DeviceRecord admit(Ledger& ledger, const Imsi& imsi, const std::optional<Imei>& imei, const std::optional<SimId>& sim);

/// Of the device's ACTIVE certificates the one that was issued last stays; the others are superseded, be it the one
/// that is registered now. Errors: not-found (the device), already-exists (the certificate).
result<void> register_device_certificate(Ledger& ledger, const DeviceId& device, const IssuedCertificate& certificate,
                                         std::chrono::seconds retire_after);
/// The same certificate again changes nothing.
void register_operator_certificate(Ledger& ledger, const IssuedCertificate& certificate);
result<CertificateRecord> describe(const Index& index, const CertificateId& id);  // not-found
/// The newest ACTIVE one of the device with that IMSI. Errors: not-found.
result<CertificateRecord> newest_certificate(const Index& index, const Imsi& imsi);
/// Ends a pending retirement, since what an operator sets wins. REVOKED to ACTIVE is allowed: AWS's documentation says
/// that a revoked certificate cannot be used again, but not what UpdateCertificate answers (unverified).
result<StatusChange> set_status(Ledger& ledger, const CertificateId& id, CertificateStatus status);
result<void> set_config(Ledger& ledger, const DeviceId& device, const std::string& overrides);
void note_presence(Ledger& ledger, const DeviceId& device, bool connected, const std::string& address,
                   const std::string& reason);
/// Turns a superseded certificate INACTIVE if that is due; whether it did.
bool retire_if_due(Ledger& ledger, const CertificateId& id);
[[nodiscard]] std::optional<Authorities> stored_authorities(const Index& index);
void keep_authorities(Ledger& ledger, const Authorities& authorities);

}  // namespace firstlight::fakes::iot
