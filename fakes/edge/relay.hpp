// One MQTT session between a device and Mosquitto, after its CONNACK: frames in, bytes out, no socket and no clock.
// Owned by the edge's session, which moves the bytes; allowed frames are copied as they are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/edge/logic.hpp"
#include "fault/engine.hpp"
#include "journal/event.hpp"
#include "wire/mqtt.hpp"

namespace firstlight::fakes::edge {

/// Why a session ends, and what the device is told.
struct End {
  std::string_view aws_reason;
  std::string detail;
  std::uint8_t code = 0;  // of a DISCONNECT to an MQTT 5 device; 0: none is sent
  bool by_disconnect =
      false;  // the device's DISCONNECT was forwarded: Mosquitto must read it before the connection ends
  std::optional<fault::Injection> injection = {};  // the rule that ends it: proven once the device was told, or cut off
};

class Relay {
 public:
  using Note = std::function<void(journal::Payload)>;

  Relay(wire::mqtt::Version version, Access access, const Limits& limits, Note note);

  /// Both append to `to_broker` and `to_device`, and say when the session is over. The frame stands in a buffer with
  /// its fixed header.
  [[nodiscard]] std::optional<End> on_device(const wire::mqtt::Frame& frame);
  [[nodiscard]] std::optional<End> on_broker(const wire::mqtt::Frame& frame);

  std::string to_broker;
  std::string to_device;

  [[nodiscard]] wire::mqtt::Version version() const { return version_; }
  [[nodiscard]] const Access& access() const { return access_; }

  /// AWS: only these packets of the device restart its keep-alive.
  [[nodiscard]] static bool restarts_keep_alive(wire::mqtt::PacketType type);

 private:
  struct PendingSubscribe {
    std::uint16_t packet_id;
    std::vector<std::string> filters;
    std::vector<std::uint8_t> codes;  // 0: Mosquitto decides
  };

  std::optional<End> publish(wire::mqtt::Publish packet, std::string_view raw);
  std::optional<End> subscribe(wire::mqtt::Subscribe packet, std::string_view raw);
  std::optional<End> unsubscribe(const wire::mqtt::Unsubscribe& packet, std::string_view raw);
  std::optional<End> end_for(const Violation& violation);
  void suback(wire::mqtt::Suback packet, std::string_view raw);
  void delivery(const wire::mqtt::Frame& frame, std::string_view raw);
  void denied(std::string_view operation, std::string topic);
  void note_suback(const PendingSubscribe& pending, const std::vector<std::uint8_t>& codes);

  wire::mqtt::Version version_;
  Access access_;
  const Limits& limits_;
  Note note_;
  TopicAliases aliases_;
  std::vector<PendingSubscribe> pending_;
  std::vector<std::string> subscribed_;  // filters that were let through; at most limits.subscriptions
};

}  // namespace firstlight::fakes::edge
