// What the MQTT edge allows, as AWS IoT does: certificates, CONNECT, PUBLISH, SUBSCRIBE, keep-alive and the CONNACK of
// MQTT 5. Pure functions, called by the edge's relay and sessions. Limits are those of the AWS General Reference, "AWS
// IoT Core endpoints and quotas"; what AWS does beyond its documents is marked unverified here and in docs/.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "fakes/iot/policy.hpp"
#include "wire/mqtt.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::iot {
struct CertificateView;
}

namespace firstlight::fakes::edge {

/// How a certificate that may not connect is told so; reports of what AWS does conflict (unverified).
enum class Refusal {
  tls_alert,              // the handshake fails with the proper alert
  close_after_handshake,  // the handshake succeeds; CONNECT is answered by closing
  connack,                // CONNECT is answered by CONNACK 5 (MQTT 3.1.1) or 0x87 (MQTT 5)
};
[[nodiscard]] std::string_view refusal_name(Refusal mode);  // "tls-alert", …

/// What becomes of a live session whose certificate expires; AWS documents neither (unverified).
enum class OnExpiry { keep, disconnect };

/// What a SUBSCRIBE for QoS 2 gets. AWS documents that no SUBACK is sent (unverified); MQTT 5 §3.2.2.3.4 obliges a
/// server with Maximum QoS 1 to grant QoS 1, so MQTT 5 sessions are always granted that.
enum class Qos2Subscribe { no_suback, downgrade };

struct Limits {
  std::size_t packet_bytes = 146 * 1024;
  std::size_t payload_bytes = 128 * 1024;  // of a PUBLISH or a will
  std::size_t topic_bytes = 256;
  std::size_t client_id_bytes = 128;
  std::size_t slashes = 7;              // in a topic or filter
  std::size_t filters = 8;              // per SUBSCRIBE
  std::size_t subscriptions = 50;       // per connection
  std::size_t pending_subscribes = 16;  // SUBSCRIBEs without their SUBACK: our own bound
  std::uint16_t topic_aliases = 8;
  std::uint16_t keep_alive_min = 30;    // seconds
  std::uint16_t keep_alive_max = 1200;  // seconds; also for 0
  std::uint16_t receive_maximum = 100;
  std::uint32_t session_expiry = 3600;  // seconds
  Qos2Subscribe qos2_subscribe = Qos2Subscribe::no_suback;
};

/// Reason codes of MQTT 5 that the edge sends.
namespace reason {
inline constexpr std::uint8_t kMalformed = 0x81, kProtocolError = 0x82, kNotAuthorized = 0x87,
                              kServerUnavailable = 0x88, kClientIdInvalid = 0x85, kKeepAlive = 0x8D, kTakenOver = 0x8E,
                              kFilterInvalid = 0x8F, kTopicInvalid = 0x90, kAliasInvalid = 0x94, kTooLarge = 0x95,
                              kQuota = 0x97, kAdministrative = 0x98, kQosUnsupported = 0x9B;
}
/// CONNACK return code of MQTT 3.1.1.
inline constexpr std::uint8_t kReturnServerUnavailable = 3;
/// AWS IoT's disconnectReason values (developer guide, "Lifecycle events").
namespace aws {
inline constexpr std::string_view kAuthError = "AUTH_ERROR", kClientInitiated = "CLIENT_INITIATED_DISCONNECT",
                                  kClientError = "CLIENT_ERROR", kConnectionLost = "CONNECTION_LOST",
                                  kDuplicate = "DUPLICATE_CLIENTID", kKeepAlive = "MQTT_KEEP_ALIVE_TIMEOUT",
                                  kServerError = "SERVER_ERROR", kServerInitiated = "SERVER_INITIATED_DISCONNECT";
}

/// Nothing: the certificate may connect. Registration wins over the chain, so that a registered self-signed certificate
/// is fine; `view` is null for an unregistered one. Errors: certificate-unknown, -untrusted, -inactive, -revoked,
/// -expired, -not-yet-valid.
[[nodiscard]] std::optional<Errc> judge_certificate(const iot::CertificateView* view, bool issued_by_authority,
                                                    const wire::Validity& validity, WallTime now);
/// The first moment at which a certificate is valid no longer: notAfter's second belongs to the validity (RFC 5280
/// §4.1.2.5).
[[nodiscard]] inline WallTime expiry(const wire::Validity& validity) {
  return validity.not_after + std::chrono::seconds(1);
}
/// OpenSSL's verification error that makes it send the alert for that refusal: expired 45, untrusted 48, revoked 44,
/// not yet valid 42, all others 46.
[[nodiscard]] int verify_error(Errc refusal);

/// Whom a session speaks for, and what its policy allows.
struct Access {
  CertificateId certificate_id;
  DeviceId device_id;
  std::string thing_name;  // attached to the certificate; empty: none
  std::shared_ptr<const iot::Policy> policy;
  std::string client_id;
  [[nodiscard]] bool may(iot::PolicyAction action, std::string_view name) const;
};

[[nodiscard]] std::uint16_t clamp_keep_alive(std::uint16_t requested, const Limits& limits);

struct ConnectRefusal {
  Errc error{};
  std::string detail;
  std::optional<std::uint8_t> connack;  // nothing: close without one
};
/// Client id, policy, will. `connect.client_id` is not empty: an empty one was assigned before (or see
/// refuse_empty_client_id).
[[nodiscard]] std::optional<ConnectRefusal> check_connect(const wire::mqtt::Connect& connect, const Access& access,
                                                          const Limits& limits, Refusal mode);
/// MQTT 3.1.1 allows an empty client id with a clean session only (§3.1.3.1).
[[nodiscard]] std::optional<ConnectRefusal> refuse_empty_client_id(const wire::mqtt::Connect& connect);
/// The CONNACK code for a refusal by identity or policy; nothing: close.
[[nodiscard]] std::optional<std::uint8_t> not_authorized_connack(wire::mqtt::Version version, Refusal mode);

/// The CONNECT for Mosquitto: no credentials, keep-alive 0 (the edge keeps it), the session expiry capped, no topic
/// aliases from the broker (the receive policy sees topics).
[[nodiscard]] wire::mqtt::Connect upstream_connect(wire::mqtt::Connect from_device, const Limits& limits);
/// Mosquitto's CONNACK as AWS would send it to this device. `assigned`: the edge chose the client id.
[[nodiscard]] wire::mqtt::Connack device_connack(wire::mqtt::Connack from_broker,
                                                 const wire::mqtt::Connect& from_device, bool assigned,
                                                 const Limits& limits);

/// What the device gets instead of having its packet forwarded. MQTT 3.1.1 has no way to refuse: it always ends the
/// connection.
struct Violation {
  Errc error{};
  std::string detail;
  std::uint8_t code = 0;        // of the acknowledgement or DISCONNECT of MQTT 5
  std::string_view aws_reason;  // should it end the connection
  bool acknowledge = false;     // MQTT 5: answer with the code and go on; otherwise the connection ends
};

/// `publish.topic` is resolved (TopicAliases).
[[nodiscard]] std::optional<Violation> check_publish(const wire::mqtt::Publish& publish, const Access& access,
                                                     wire::mqtt::Version version, const Limits& limits);

struct SubscribeCheck {
  std::optional<Violation> fatal;   // about the packet as a whole
  std::vector<std::uint8_t> codes;  // one a filter: 0 allowed, else the SUBACK code (MQTT 5)
  bool swallow = false;             // QoS 2 asked for: no answer at all
};
/// `others`: subscriptions that the connection has already and that this packet does not name.
[[nodiscard]] SubscribeCheck check_subscribe(const wire::mqtt::Subscribe& subscribe, const Access& access,
                                             wire::mqtt::Version version, const Limits& limits, std::size_t others);

/// `$share/<name>/<filter>` → `<filter>`; any other filter is returned as it is.
[[nodiscard]] std::string_view inner_filter(std::string_view filter);

/// The device's topic aliases (MQTT 5 §3.3.2.3.4), resolved before the policy is asked.
class TopicAliases {
 public:
  /// Replaces an alias by its topic and removes the property.
  [[nodiscard]] std::optional<Violation> resolve(wire::mqtt::Publish& publish, const Limits& limits);

 private:
  std::vector<std::string> topics_;  // by alias - 1
};

}  // namespace firstlight::fakes::edge
