#include <fmt/format.h>

#include <cmath>

#include "journal/journal.hpp"

namespace firstlight::journal {

namespace {

std::string ms(std::int64_t us) {
  const double v = static_cast<double>(us) / 1000.0;
  return fmt::format("{:.{}f} ms", v, v < 10 ? 2 : v < 100 ? 1 : 0);
}

std::string because(const std::string& error, const std::string& detail) {
  return detail.empty() ? error : fmt::format("{} ({})", error, detail);
}

std::string brief(const std::string& id) {
  return id.size() > 12 ? id.substr(0, 12) + "…" : id;
}

struct Tell {
  std::string operator()(const PowerOn& e) const {
    return e.boot == 1 ? "power on" : fmt::format("power on (boot {})", e.boot);
  }
  std::string operator()(const StageStarted& e) const {
    return fmt::format("{} …{}", stage_name(e.stage), e.attempt > 1 ? fmt::format(" (attempt {})", e.attempt) : "");
  }
  std::string operator()(const StageEnded& e) const {
    if (!e.ok) return fmt::format("{} FAILED: {}", stage_name(e.stage), because(e.error, e.detail));
    auto text = fmt::format("{} ok  {}", stage_name(e.stage), ms(e.took_us));
    if (e.tcp_us + e.tls_us + e.exchange_us > 0)
      text += fmt::format("  (tcp {}, tls {}, exchange {})", ms(e.tcp_us), ms(e.tls_us), ms(e.exchange_us));
    return text;
  }
  std::string operator()(const RetryScheduled& e) const {
    return fmt::format("retry in {} after {} failure{} of {}: {}", ms(e.delay_us), e.failures,
                       e.failures == 1 ? "" : "s", stage_name(e.stage), e.reason);
  }
  std::string operator()(const CameraOnline& e) const {
    return fmt::format("ONLINE as {}{}", e.device_id, e.warm ? " (from the stored configuration)" : "");
  }
  std::string operator()(const CameraOffline& e) const { return "offline: " + because(e.reason, e.detail); }
  std::string operator()(const CameraGaveUp& e) const {
    return fmt::format("GAVE UP at {}: {}", stage_name(e.stage), because(e.reason, e.detail));
  }
  std::string operator()(const ConfigStored& e) const {
    return fmt::format("configuration stored: device {}, certificate {}", e.device_id, brief(e.certificate_id));
  }
  std::string operator()(const StoreDiscarded& e) const {
    return "stored configuration discarded: " + because(e.reason, e.detail);
  }
  std::string operator()(const CommandReceived& e) const {
    return fmt::format("command {} ({})", e.command, e.request_id);
  }
  std::string operator()(const CommandAnswered& e) const {
    return fmt::format("command {} ({}) answered: {}", e.command, e.request_id, e.status);
  }
  std::string operator()(const TlsFailed& e) const {
    return fmt::format("TLS handshake failed at {}: {}", e.service, because(e.error, e.detail));
  }
  std::string operator()(const HttpServed& e) const {
    return fmt::format("{} {} → {}  {}", e.method, e.path, e.status, ms(e.took_us));
  }
  std::string operator()(const TokenIssued& e) const { return fmt::format("token issued for IMSI {}", e.imsi); }
  std::string operator()(const TokenAccepted& e) const { return fmt::format("token accepted: IMSI {}", e.imsi); }
  std::string operator()(const TokenRejected& e) const { return "token REJECTED: " + because(e.error, e.detail); }
  std::string operator()(const DeviceRegistered& e) const {
    return fmt::format("device {} {} (IMSI {})", e.device_id, e.first ? "registered" : "known", e.imsi);
  }
  std::string operator()(const CertificateIssued& e) const {
    return fmt::format("certificate {} issued to {}, valid to {}", brief(e.certificate_id), e.device_id,
                       format_rfc3339(from_unix_seconds(e.not_after)));
  }
  std::string operator()(const CertificateStatusChanged& e) const {
    return fmt::format("certificate {} is now {}", brief(e.certificate_id), e.status);
  }
  std::string operator()(const MqttRefused& e) const {
    return fmt::format("MQTT connection REFUSED by {}: {}", e.how, because(e.error, e.detail));
  }
  std::string operator()(const MqttConnected& e) const {
    return fmt::format("MQTT {} session open: client {}, certificate {}", e.protocol == 5 ? "5" : "3.1.1", e.client_id,
                       brief(e.certificate_id));
  }
  std::string operator()(const MqttSubscribed& e) const {
    return fmt::format("{} subscribed to {}", e.client_id, fmt::join(e.filters, ", "));
  }
  std::string operator()(const MqttPublished& e) const {
    return fmt::format("{} published {} bytes on {} (QoS {})", e.client_id, e.bytes, e.topic, e.qos);
  }
  std::string operator()(const MqttDenied& e) const {
    return fmt::format("{} DENIED to {} {}", e.client_id, e.operation, e.topic);
  }
  std::string operator()(const MqttDisconnected& e) const {
    return fmt::format("{} disconnected: {}", e.client_id, because(e.reason, e.detail));
  }
  std::string operator()(const IdentityMismatch& e) const {
    return fmt::format("address and certificate disagree: device {}", e.device_id);
  }
  std::string operator()(const FaultFired& e) const {
    const auto where = e.attempt == 0 ? e.point : fmt::format("{} (attempt {})", e.point, e.attempt);
    return fmt::format("FAULT {}: {} at {}{}", e.rule, e.effect, where, e.detail.empty() ? "" : ": " + e.detail);
  }
  std::string operator()(const SecretSeen& e) const {
    return fmt::format("a secret was seen: {} in {}", e.what, e.where);
  }
  std::string operator()(const BrokerStarted& e) const {
    return fmt::format("Mosquitto started, pid {}, in {}", e.pid, ms(e.took_us));
  }
  std::string operator()(const BrokerExited& e) const {
    return fmt::format("Mosquitto (pid {}) {}", e.pid, e.expected ? "stopped" : "ENDED BY ITSELF");
  }
  std::string operator()(const RunEnded& e) const { return "run ended: " + because(e.reason, e.detail); }
};

}  // namespace

std::string narrate(const Event& e) {
  const auto who = e.camera != 0 ? fmt::format("camera {}", e.camera) : e.peer;
  auto line = fmt::format("{:+9.3f}s  {:<12} {:<10} {}", static_cast<double>(e.t_ns) / 1e9, who, source_name(e.source),
                          std::visit(Tell{}, e.payload));
  for (char& c : line)  // text from devices must not drive the terminal
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return line;
}

}  // namespace firstlight::journal
