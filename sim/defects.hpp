// What the defects of docs/firmware-defects.md change in a camera's judgement, with one seam a kind: nothing else of
// the simulator asks for a defect. Without one every function is what docs/camera-policy.md says. Called by the
// camera's state machine; the settings by whoever makes cameras, the TLS seam by their connections.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fault/defects.hpp"
#include "sim/action.hpp"
#include "sim/camera_config.hpp"
#include "sim/device_config.hpp"
#include "sim/input.hpp"
#include "sim/policy.hpp"
#include "sim/verifier.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

namespace firstlight::sim {

using fault::Defect;
using fault::DefectSet;

// -- settings (defects.cpp) ---------------------------------------------------------------------------------------

/// The configuration with those defects carried out that are nothing but another setting. Whoever makes cameras calls
/// it once.
[[nodiscard]] CameraConfig with_defects(CameraConfig config);

// -- rows (defects.cpp) -------------------------------------------------------------------------------------------

/// The row by which a camera acts that a failure of `row` befell.
[[nodiscard]] Row row_taken(const DefectSet& defects, Row row);

// -- waits (defects_waits.cpp) ------------------------------------------------------------------------------------

enum class WaitKind : std::uint8_t { backoff, forbidden };
struct RetryCause {
  std::uint32_t failures = 1;  // in a row, this one included
  WaitKind kind = WaitKind::backoff;
  std::optional<Micros> retry_after = {};  // as the server asked
};
/// The wait before the next try; `unit` is the draw, in [0, 1).
[[nodiscard]] Micros wait_before_retry(const CameraConfig& config, const RetryCause& cause, double unit);
/// Whose draws the camera takes: its own number.
[[nodiscard]] std::uint32_t draws_as(const DefectSet& defects, CameraId camera);
/// Retry-After as a wait from `now`; nothing: the answer has none that counts.
[[nodiscard]] std::optional<Micros> retry_after_of(const DefectSet& defects, const HttpReply& reply, WallTime now);
/// Whether a CONNACK alone sets the count of MQTT's failures to 0.
[[nodiscard]] bool connack_resets_backoff(const DefectSet& defects);
/// Whether the camera opens a new session when one was lost.
[[nodiscard]] bool reconnects(const DefectSet& defects);

// -- the token (defects_token.cpp) --------------------------------------------------------------------------------

/// wire::parse_token; what the camera does not look at reads as it ought to be, at the time `now` and for the SIM
/// `own`.
[[nodiscard]] result<wire::ParsedToken> read_token(const DefectSet& defects, std::string_view compact, const Imsi& own,
                                                   WallTime now);
/// Errors: key-malformed, token-signature.
[[nodiscard]] result<void> verify_token(const DefectSet& defects, Verifier& verifier, const wire::ParsedToken& token,
                                        std::string_view key_pem);
/// Whether a `kid` may become part of a URL.
[[nodiscard]] bool key_id_is_safe(const DefectSet& defects, std::string_view key_id);
/// Whether a token that was kept over a wait is sent again.
[[nodiscard]] bool token_is_fresh(const DefectSet& defects, const wire::ParsedToken& token, WallTime now);

// -- the configuration (defects_config.cpp) -----------------------------------------------------------------------

/// parse_device_config; errors: config-malformed.
[[nodiscard]] result<DeviceConfig> read_config(const DefectSet& defects, std::string_view body);
/// When the certificate is valid, which it is at `now`, with a key that is its own. Errors: Verifier::check_identity's,
/// check_validity's.
[[nodiscard]] result<wire::Validity> check_usable(const DefectSet& defects, Verifier& verifier,
                                                  const DeviceConfig& config, WallTime now);
/// Errors: certificate-not-yet-valid, certificate-expired.
[[nodiscard]] result<void> check_validity(const DefectSet& defects, const wire::Validity& validity, WallTime now);

// -- the store (defects_config.cpp) -------------------------------------------------------------------------------

/// Whether a boot looks into the store before it asks for a configuration.
[[nodiscard]] bool boots_from_store(const CameraConfig& config);
[[nodiscard]] StoreCheck store_check(const DefectSet& defects);
struct RestoredConfig {
  DeviceConfig config;
  wire::Validity validity;
};
/// What the store holds, if it may be used at `now` with the SIM `own`. Errors: store-corrupt, store-foreign-sim,
/// check_usable's.
[[nodiscard]] result<RestoredConfig> restore_config(const DefectSet& defects, Verifier& verifier,
                                                    std::string_view content, const Imsi& own, WallTime now);
/// Whether the camera cannot get over a store that it cannot use.
[[nodiscard]] bool hangs_on_store(const DefectSet& defects, const Error& unusable);
[[nodiscard]] SaveHow save_how(const DefectSet& defects);

// -- requests (defects.cpp) ---------------------------------------------------------------------------------------

/// The URL of a request that carries the token.
[[nodiscard]] std::string url_with_token(const DefectSet& defects, const std::string& url, const std::string& token);
[[nodiscard]] bool follows_redirects(const DefectSet& defects);
/// Where a redirect from `from` to `location` leads: an absolute URL, or another path of the same server.
[[nodiscard]] std::string redirected(const std::string& from, const std::string& location);

// -- TLS (defects.cpp) --------------------------------------------------------------------------------------------

/// What must be right of a server's certificate.
struct ServerChecks {
  bool name = true;
  bool chain = true;
  bool validity = true;
};
[[nodiscard]] ServerChecks server_checks(const DefectSet& defects);

// -- the session (defects.cpp) ------------------------------------------------------------------------------------

[[nodiscard]] std::string client_id(const DefectSet& defects, const std::string& configured);
enum class Subscribes : std::uint8_t { before_status, after_status, never };
[[nodiscard]] Subscribes subscribes(const DefectSet& defects);
[[nodiscard]] bool suback_refuses(const DefectSet& defects, std::uint8_t code);
[[nodiscard]] std::uint8_t status_qos(const DefectSet& defects);

// -- secrets (defects.cpp) ----------------------------------------------------------------------------------------

/// The lines of the camera's log about a token, or a configuration, that it got.
[[nodiscard]] std::vector<std::string> log_of_token(const DefectSet& defects, const Secret& token);
[[nodiscard]] std::vector<std::string> log_of_config(const DefectSet& defects, const DeviceConfig& config);
/// What the status reports tell of the token; null: nothing.
[[nodiscard]] std::unique_ptr<Secret> token_in_status(const DefectSet& defects, const Secret& token);

}  // namespace firstlight::sim
