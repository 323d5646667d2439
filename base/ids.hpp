// Distinct types for the identifiers of the domain, so that an IMSI cannot be passed where a device id is due.
// Used by every room.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace firstlight {

template <class Tag, class Rep>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(Rep value) : value_(std::move(value)) {}
  [[nodiscard]] const Rep& value() const { return value_; }
  [[nodiscard]] bool empty() const requires requires(const Rep& r) { r.empty(); }
  { return value_.empty(); }
  friend auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  Rep value_{};
};

using CameraId = StrongId<struct CameraTag, std::uint32_t>;          // index in the scenario's fleet, from 1
using Imsi = StrongId<struct ImsiTag, std::string>;                  // 15 digits (3GPP TS 23.003)
using Imei = StrongId<struct ImeiTag, std::string>;                  // 15 digits, the last one Luhn (3GPP TS 23.003)
using SimId = StrongId<struct SimIdTag, std::string>;                // 19 digits, shaped like an ICCID (ITU-T E.118)
using DeviceId = StrongId<struct DeviceTag, std::string>;            // 12 upper-case hex digits
using CertificateId = StrongId<struct CertificateTag, std::string>;  // 64 lower-case hex digits: SHA-256 of the DER
using KeyId = StrongId<struct KeyTag, std::string>;                  // `v1-<32 hex>-x509.pem`

}  // namespace firstlight

template <class Tag, class Rep>
struct std::hash<firstlight::StrongId<Tag, Rep>> {
  std::size_t operator()(const firstlight::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
