// The journal's vocabulary: one struct a milestone. Each lists its fields once (fields()), and the writer, the reader
// and the scenarios' language follow that list; docs/adding-an-event.md. Numbers stand here as the file has them: times
// are monotonic nanoseconds since the journal was opened (`_ns`), durations are microseconds (`_us`). A secret has no
// field: see base/secret.hpp. The JSON form is docs/journal.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "journal/event_list.hpp"
#include "journal/stage.hpp"

namespace firstlight::journal {

inline constexpr int kSchemaVersion = 1;

enum class Source : std::uint8_t { run, camera, endorse, keys, config_api, iot, edge, broker };
[[nodiscard]] std::string_view source_name(Source s);

// -- what the camera itself says ---------------------------------------------------------------------------------
struct PowerOn {  // the camera starts; the schedule said `scheduled_ns`
  static constexpr std::string_view kName = "power_on";
  std::int64_t scheduled_ns = 0;
  std::uint32_t boot = 1;  // counts the camera's boots
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("scheduled_ns", s.scheduled_ns), f("boot", s.boot);
  }
};
FIRSTLIGHT_EVENT(PowerOn)
struct StageStarted {
  static constexpr std::string_view kName = "stage_started";
  Stage stage{};
  std::uint32_t attempt = 1;  // counts this camera's tries of this stage
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("stage", s.stage), f("attempt", s.attempt);
  }
};
FIRSTLIGHT_EVENT(StageStarted)
struct StageEnded {
  static constexpr std::string_view kName = "stage_ended";
  Stage stage{};
  std::uint32_t attempt = 1;
  bool ok = false;
  std::string error;  // an error's name (base/error_list.def), empty when ok
  std::string detail;
  std::int64_t took_us = 0;
  std::int64_t tcp_us = 0, tls_us = 0, exchange_us = 0;  // parts of took_us; 0 where the stage has no such part
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("stage", s.stage), f("attempt", s.attempt), f("ok", s.ok), f("error", s.error), f("detail", s.detail);
    f("took_us", s.took_us), f("tcp_us", s.tcp_us), f("tls_us", s.tls_us), f("exchange_us", s.exchange_us);
  }
};
FIRSTLIGHT_EVENT(StageEnded)
struct RetryScheduled {
  static constexpr std::string_view kName = "retry_scheduled";
  Stage stage{};               // what failed
  std::uint32_t failures = 0;  // consecutive failures so far
  std::int64_t delay_us = 0;
  std::string reason;  // the error's name
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("stage", s.stage), f("failures", s.failures), f("delay_us", s.delay_us), f("reason", s.reason);
  }
};
FIRSTLIGHT_EVENT(RetryScheduled)
struct CameraOnline {
  static constexpr std::string_view kName = "camera_online";
  bool warm = false;  // from a stored configuration, without provisioning
  std::string device_id;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("warm", s.warm), f("device_id", s.device_id);
  }
};
FIRSTLIGHT_EVENT(CameraOnline)
struct CameraOffline {  // it was online; the session ended
  static constexpr std::string_view kName = "camera_offline";
  std::string reason;
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("reason", s.reason), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(CameraOffline)
struct CameraGaveUp {
  static constexpr std::string_view kName = "camera_gave_up";
  Stage stage{};
  std::string reason;
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("stage", s.stage), f("reason", s.reason), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(CameraGaveUp)
struct ConfigStored {
  static constexpr std::string_view kName = "config_stored";
  std::string device_id;
  std::string certificate_id;
  std::int64_t bytes = 0;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("device_id", s.device_id), f("certificate_id", s.certificate_id), f("bytes", s.bytes);
  }
};
FIRSTLIGHT_EVENT(ConfigStored)
struct StoreDiscarded {
  static constexpr std::string_view kName = "store_discarded";
  std::string reason;  // an error's name
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("reason", s.reason), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(StoreDiscarded)
struct CommandReceived {
  static constexpr std::string_view kName = "command_received";
  std::string command;
  std::string request_id;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("command", s.command), f("request_id", s.request_id);
  }
};
FIRSTLIGHT_EVENT(CommandReceived)
struct CommandAnswered {
  static constexpr std::string_view kName = "command_answered";
  std::string command;
  std::string request_id;
  std::string status;  // "ok" or "error"
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("command", s.command), f("request_id", s.request_id), f("status", s.status);
  }
};
FIRSTLIGHT_EVENT(CommandAnswered)

// -- what the fakes see ------------------------------------------------------------------------------------------
struct TlsFailed {  // a server-side handshake that ended badly, at any service
  static constexpr std::string_view kName = "tls_failed";
  std::string service;
  std::string error;
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("service", s.service), f("error", s.error), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(TlsFailed)
struct HttpServed {
  static constexpr std::string_view kName = "http_served";
  std::string service;  // endorse, keys, config_api, iot
  std::string method;
  std::string path;  // without the query
  std::uint32_t status = 0;
  std::int64_t took_us = 0;  // from the whole request to the response's last byte handed to the kernel
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("service", s.service), f("method", s.method), f("path", s.path), f("status", s.status), f("took_us", s.took_us);
  }
};
FIRSTLIGHT_EVENT(HttpServed)
struct TokenIssued {
  static constexpr std::string_view kName = "token_issued";
  std::string imsi;
  std::string key_id;
  std::string token_id;
  std::int64_t expires_at = 0;  // Unix seconds
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("imsi", s.imsi), f("key_id", s.key_id), f("token_id", s.token_id), f("expires_at", s.expires_at);
  }
};
FIRSTLIGHT_EVENT(TokenIssued)
struct TokenAccepted {
  static constexpr std::string_view kName = "token_accepted";
  std::string imsi;
  std::string token_id;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("imsi", s.imsi), f("token_id", s.token_id);
  }
};
FIRSTLIGHT_EVENT(TokenAccepted)
struct TokenRejected {
  static constexpr std::string_view kName = "token_rejected";
  std::string error;
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("error", s.error), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(TokenRejected)
struct DeviceRegistered {
  static constexpr std::string_view kName = "device_registered";
  std::string device_id;
  std::string imsi;
  bool first = true;  // false: the device was known
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("device_id", s.device_id), f("imsi", s.imsi), f("first", s.first);
  }
};
FIRSTLIGHT_EVENT(DeviceRegistered)
struct CertificateIssued {
  static constexpr std::string_view kName = "certificate_issued";
  std::string device_id;
  std::string certificate_id;
  std::int64_t not_before = 0;  // Unix seconds
  std::int64_t not_after = 0;
  std::int64_t verify_us = 0, register_us = 0, issue_us = 0;  // the config API's own parts of the request
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("device_id", s.device_id), f("certificate_id", s.certificate_id), f("not_before", s.not_before);
    f("not_after", s.not_after), f("verify_us", s.verify_us), f("register_us", s.register_us),
        f("issue_us", s.issue_us);
  }
};
FIRSTLIGHT_EVENT(CertificateIssued)
struct CertificateStatusChanged {
  static constexpr std::string_view kName = "certificate_status_changed";
  std::string certificate_id;
  std::string status;  // ACTIVE, INACTIVE, REVOKED, …
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("certificate_id", s.certificate_id), f("status", s.status);
  }
};
FIRSTLIGHT_EVENT(CertificateStatusChanged)
struct MqttRefused {  // the edge refused a connection
  static constexpr std::string_view kName = "mqtt_refused";
  static constexpr FieldWords kWords[] = {{"how", {"tls-alert", "close-after-handshake", "connack"}}};
  std::string error;  // certificate-expired, certificate-unknown, mqtt-not-authorized, …
  std::string detail;
  std::string how;
  std::string certificate_id;
  std::string client_id;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("error", s.error), f("detail", s.detail), f("how", s.how), f("certificate_id", s.certificate_id);
    f("client_id", s.client_id);
  }
};
FIRSTLIGHT_EVENT(MqttRefused)
struct MqttConnected {  // CONNACK 0 went to the device
  static constexpr std::string_view kName = "mqtt_connected";
  std::string client_id;
  std::string certificate_id;
  std::uint32_t protocol = 4;  // 4: MQTT 3.1.1, 5: MQTT 5
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("client_id", s.client_id), f("certificate_id", s.certificate_id), f("protocol", s.protocol);
  }
};
FIRSTLIGHT_EVENT(MqttConnected)
struct MqttSubscribed {
  static constexpr std::string_view kName = "mqtt_subscribed";
  std::string client_id;
  std::vector<std::string> filters;
  std::vector<std::uint32_t> codes;  // of the SUBACK
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("client_id", s.client_id), f("filters", s.filters), f("codes", s.codes);
  }
};
FIRSTLIGHT_EVENT(MqttSubscribed)
struct MqttPublished {  // by the device, let through by the policy
  static constexpr std::string_view kName = "mqtt_published";
  std::string client_id;
  std::string topic;
  std::uint32_t qos = 0;
  std::int64_t bytes = 0;  // of the payload
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("client_id", s.client_id), f("topic", s.topic), f("qos", s.qos), f("bytes", s.bytes);
  }
};
FIRSTLIGHT_EVENT(MqttPublished)
struct MqttDenied {  // the policy forbade it
  static constexpr std::string_view kName = "mqtt_denied";
  static constexpr FieldWords kWords[] = {{"operation", {"publish", "subscribe"}}};
  std::string client_id;
  std::string operation;
  std::string topic;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("client_id", s.client_id), f("operation", s.operation), f("topic", s.topic);
  }
};
FIRSTLIGHT_EVENT(MqttDenied)
struct MqttDisconnected {
  static constexpr std::string_view kName = "mqtt_disconnected";
  std::string client_id;
  std::string reason;  // AWS IoT's disconnectReason values (CLIENT_INITIATED_DISCONNECT, CONNECTION_LOST, …)
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("client_id", s.client_id), f("reason", s.reason), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(MqttDisconnected)
struct IdentityMismatch {  // the connection's address belongs to another SIM than its certificate; noted, never refused
  static constexpr std::string_view kName = "identity_mismatch";
  std::string device_id;
  std::string certificate_id;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("device_id", s.device_id), f("certificate_id", s.certificate_id);
  }
};
FIRSTLIGHT_EVENT(IdentityMismatch)
struct FaultFired {  // a rule of the scenario broke something, and this is the proof
  static constexpr std::string_view kName = "fault_fired";
  std::string rule;           // its id
  std::string point;          // link.mqtt, endorse.token, …
  std::string effect;         // reset, flipped-signature, …
  std::uint32_t attempt = 0;  // of this camera at this point; 0: the rule fired at a moment, not at an attempt
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("rule", s.rule), f("point", s.point), f("effect", s.effect), f("attempt", s.attempt), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(FaultFired)
struct SecretSeen {  // something secret of a camera stood where it must not; the secret itself is never written down
  static constexpr std::string_view kName = "secret_seen";
  static constexpr FieldWords kWords[] = {
      {"where", {"mqtt-payload", "mqtt-topic", "client-id", "url", "header", "log"}},
      {"what", {"private-key", "token"}}};
  std::string where;
  std::string what;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("where", s.where), f("what", s.what);
  }
};
FIRSTLIGHT_EVENT(SecretSeen)
struct BrokerStarted {
  static constexpr std::string_view kName = "broker_started";
  static constexpr bool kConcernsNoCamera = true;
  std::int64_t pid = 0;
  std::int64_t took_us = 0;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("pid", s.pid), f("took_us", s.took_us);
  }
};
FIRSTLIGHT_EVENT(BrokerStarted)
struct BrokerExited {
  static constexpr std::string_view kName = "broker_exited";
  static constexpr bool kConcernsNoCamera = true;
  std::int64_t pid = 0;
  std::int64_t status = 0;  // as waitpid gives it
  bool expected = true;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("pid", s.pid), f("status", s.status), f("expected", s.expected);
  }
};
FIRSTLIGHT_EVENT(BrokerExited)
struct RunEnded {
  static constexpr std::string_view kName = "run_ended";
  static constexpr bool kConcernsNoCamera = true;
  std::string reason;  // settled, run_for, timeout, interrupted, infra
  std::string detail;
  template <class F, class Self>
  static void fields(Self& s, F&& f) {
    f("reason", s.reason), f("detail", s.detail);
  }
};
FIRSTLIGHT_EVENT(RunEnded)

using Payload = EventsAbove<__LINE__>::Variant;

struct Event {
  std::int64_t t_ns = 0;       // since the journal was opened
  std::uint16_t lane = 0;      // which thread said it
  std::uint32_t sequence = 0;  // within the lane
  Source source = Source::run;
  std::uint32_t camera = 0;  // the scenario's camera, from 1; 0: none or not known
  std::string peer;          // the connection's address, empty without one
  Payload payload;
};

[[nodiscard]] std::string_view event_name(const Payload& payload);

}  // namespace firstlight::journal
