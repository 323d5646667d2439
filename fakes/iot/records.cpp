#include "fakes/iot/records.hpp"

#include <array>
#include <utility>

namespace firstlight::fakes::iot {

namespace {

constexpr std::array<std::pair<CertificateStatus, std::string_view>, 6> kStatuses{
    {{CertificateStatus::active, "ACTIVE"},
     {CertificateStatus::inactive, "INACTIVE"},
     {CertificateStatus::revoked, "REVOKED"},
     {CertificateStatus::pending_transfer, "PENDING_TRANSFER"},
     {CertificateStatus::register_inactive, "REGISTER_INACTIVE"},
     {CertificateStatus::pending_activation, "PENDING_ACTIVATION"}}};

}  // namespace

std::string_view status_name(CertificateStatus s) {
  for (const auto& [status, name] : kStatuses)
    if (status == s) return name;
  return "UNKNOWN";
}

std::optional<CertificateStatus> parse_status(std::string_view name) {
  for (const auto& [status, text] : kStatuses)
    if (text == name) return status;
  return {};
}

}  // namespace firstlight::fakes::iot
