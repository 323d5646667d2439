// Cameras that do not look closely at their configuration, or at what their store holds.
#include <nlohmann/json.hpp>

#include "sim/defects.hpp"

namespace firstlight::sim {

namespace {

// Of a certificate that the camera never looked at.
const wire::Validity kAlwaysValid{from_unix_seconds(0), from_unix_seconds(253'402'300'799)};

/// Whether the camera goes on although certificate and key were found wanting so.
bool overlooks(const DefectSet& defects, const Error& unusable) {
  switch (unusable.code) {
    case Errc::certificate_key_mismatch:
      return defects.has(Defect::accept_key_mismatch);
    case Errc::certificate_malformed:  // none at all, for one
    case Errc::key_malformed:
      return defects.has(Defect::accept_html_config) || defects.has(Defect::accept_partial_config);
    default:
      return false;
  }
}

}  // namespace

// -- the configuration --------------------------------------------------------------------------------------------

result<DeviceConfig> read_config(const DefectSet& defects, std::string_view body) {
  auto config = parse_device_config(body);
  if (config) return config;
  const bool is_object = nlohmann::json::parse(body, nullptr, false).is_object();
  if (defects.has(is_object ? Defect::accept_partial_config : Defect::accept_html_config))
    return parse_whatever_is_there(body);
  return config;
}

result<wire::Validity> check_usable(const DefectSet& defects, Verifier& verifier, const DeviceConfig& config,
                                    WallTime now) {
  auto validity = verifier.check_identity(config);
  if (!validity && overlooks(defects, validity.error())) validity = kAlwaysValid;
  if (!validity) return validity.error();
  if (auto valid = check_validity(defects, *validity, now); !valid) return valid.error();
  return validity;
}

result<void> check_validity(const DefectSet& defects, const wire::Validity& validity, WallTime now) {
  if (defects.has(Defect::ignore_certificate_expiry)) return {};
  if (now < validity.not_before)
    return Error(Errc::certificate_not_yet_valid, "from " + format_rfc3339(validity.not_before));
  // notAfter is inclusive to its whole second.
  if (now >= validity.not_after + std::chrono::seconds(1))
    return Error(Errc::certificate_expired, "since " + format_rfc3339(validity.not_after));
  return {};
}

// -- the store ----------------------------------------------------------------------------------------------------

bool boots_from_store(const CameraConfig& config) {
  return config.keep_store && !config.defects.has(Defect::reprovision_every_boot);
}

StoreCheck store_check(const DefectSet& defects) {
  return defects.has(Defect::no_store_check) ? StoreCheck::none : StoreCheck::checksum;
}

result<RestoredConfig> restore_config(const DefectSet& defects, Verifier& verifier, std::string_view content,
                                      const Imsi& own, WallTime now) {
  auto stored = parse_stored_config(content);
  if (store_check(defects) == StoreCheck::none)
    return RestoredConfig{stored ? std::move(stored->config) : parse_whatever_is_there(content), kAlwaysValid};
  if (!stored) return Error(Errc::store_corrupt, stored.error().detail);
  if (stored->imsi != own && !defects.has(Defect::keep_config_of_old_sim)) return Error(Errc::store_foreign_sim);
  const auto validity = check_usable(defects, verifier, stored->config, now);
  if (!validity) return validity.error();
  return RestoredConfig{std::move(stored->config), *validity};
}

bool hangs_on_store(const DefectSet& defects, const Error& unusable) {
  return unusable.code == Errc::store_corrupt && defects.has(Defect::torn_store);
}

SaveHow save_how(const DefectSet& defects) {
  return defects.has(Defect::torn_store) ? SaveHow::in_place : SaveHow::atomically;
}

}  // namespace firstlight::sim
