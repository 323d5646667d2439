// What can happen to a camera: the events of its state machine. Made by the driver from live sockets, by tests by hand,
// and by a replay from a recording; every one carries the time, so that the machine has no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace firstlight::sim {

/// Names one action of one camera; 0 names none. Completions that carry another id than the one awaited are ignored.
using ActionId = std::uint32_t;

struct Now {
  std::chrono::nanoseconds mono{};  // since the journal was opened
  WallTime network_time;            // what the mobile network would say; the camera's own clock may differ
};

/// Parts of an exchange; 0 where it was not reached or had no such part.
struct Timing {
  std::chrono::microseconds tcp{};
  std::chrono::microseconds tls{};
  std::chrono::microseconds exchange{};
};

struct PowerOn {
  std::chrono::nanoseconds scheduled{};  // since the journal was opened
};
struct PowerCut {};
/// Another SIM was put in; heard only by a camera that is off.
struct SimChanged {
  Imsi imsi;
};
/// The camera's clock moves, until it is set or even longer.
struct ClockMoved {
  enum class Until : std::uint8_t { set, power_off };
  std::chrono::microseconds by{};
  Until until = Until::set;
};
/// The mobile network dropped the camera: its connections are dead.
struct Detached {};
/// The owner wants the camera to end its session politely and to stay off.
struct Stop {};
struct TimerFired {
  ActionId id = 0;
};

struct AttachDone {
  ActionId id = 0;
  result<void> outcome;  // attach-rejected, attach-barred
};
struct ClockSynced {
  ActionId id = 0;
};
struct HttpReply {
  unsigned status = 0;
  std::string body;
  std::optional<std::string> retry_after;  // the header's value
  std::optional<std::string> location;     // of a redirect; only defects follow it
};
struct HttpsDone {
  ActionId id = 0;
  result<HttpReply> reply;
  Timing timing;
};
struct StoreLoaded {
  ActionId id = 0;
  result<std::string> content;  // store-empty, store-corrupt, store-failed
};
struct StoreSaved {
  ActionId id = 0;
  result<void> outcome;  // store-full, store-failed
};

/// The end of an attempt to open an MQTT session.
struct MqttOpened {
  ActionId id = 0;
  result<std::uint8_t> connack;  // its code, also when it is a refusal
  bool tls_done = false;         // the handshake was completed on our side
  Timing timing;
};
struct MqttSubscribed {
  ActionId id = 0;
  result<std::uint8_t> suback;  // the first code, also when it is a refusal
};
struct MqttPublished {
  ActionId id = 0;
  result<std::uint8_t> puback;  // the reason, also when it is a refusal; always 0 in MQTT 3.1.1
};
struct MqttMessage {
  ActionId session = 0;  // the id of the MqttConnect that opened it
  std::string topic;
  std::string payload;
};
/// An open session ended, and not by our own wish. Nothing that was outstanding on it is reported apart.
struct MqttLost {
  ActionId session = 0;
  Error why;
};

using Event =
    std::variant<PowerOn, PowerCut, SimChanged, ClockMoved, Detached, Stop, TimerFired, AttachDone, ClockSynced,
                 HttpsDone, StoreLoaded, StoreSaved, MqttOpened, MqttSubscribed, MqttPublished, MqttMessage, MqttLost>;
struct Input {
  Now now;
  Event event;
};

}  // namespace firstlight::sim
