// What the defects of docs/firmware-defects.md change in a camera's judgement, each in one place; without a defect
// every function here is what docs/camera-policy.md says. Called by the camera's state machine and, for settings, by
// the fleet.
#pragma once

#include <string>
#include <string_view>

#include "fault/defects.hpp"
#include "sim/camera_config.hpp"
#include "sim/device_config.hpp"
#include "sim/policy.hpp"
#include "sim/verifier.hpp"
#include "wire/jws.hpp"

namespace firstlight::sim {

using fault::Defect;
using fault::DefectSet;

/// The configuration with those defects carried out that are nothing but another setting. Whoever makes cameras calls
/// it once.
[[nodiscard]] CameraConfig with_defects(CameraConfig config);

/// The row by which a camera acts that a failure of `row` befell.
[[nodiscard]] Row row_taken(const DefectSet& defects, Row row);

/// The back-off after `failures` failures in a row; `unit` is the draw, in [0, 1).
[[nodiscard]] Micros back_off(const CameraConfig& config, std::uint32_t failures, double unit);
/// The wait as it is kept in the end, long waits and Retry-After included.
[[nodiscard]] Micros wait_kept(const DefectSet& defects, Micros wait);

/// wire::parse_token; what the camera does not look at reads as it ought to be, at the time `now` and for the SIM
/// `own`.
[[nodiscard]] result<wire::ParsedToken> read_token(const DefectSet& defects, std::string_view compact, const Imsi& own,
                                                   WallTime now);
/// Errors: key-malformed, token-signature.
[[nodiscard]] result<void> verify_token(const DefectSet& defects, Verifier& verifier, const wire::ParsedToken& token,
                                        std::string_view key_pem);

/// parse_device_config; errors: config-malformed.
[[nodiscard]] result<DeviceConfig> read_config(const DefectSet& defects, std::string_view body);
/// Whether the camera goes on although its certificate and key were found wanting so.
[[nodiscard]] bool overlooks(const DefectSet& defects, const Error& unusable);

/// The URL of a request that carries the token.
[[nodiscard]] std::string url_with_token(const DefectSet& defects, const std::string& url, const std::string& token);
/// Where a redirect from `from` to `location` leads: an absolute URL, or another path of the same server.
[[nodiscard]] std::string redirected(const std::string& from, const std::string& location);

}  // namespace firstlight::sim
