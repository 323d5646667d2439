// What a camera wants done: the output of its state machine, performed by the driver in order. An action with an id is
// answered by one completion that carries the same id (sim/input.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "journal/event.hpp"
#include "sim/camera_config.hpp"
#include "sim/input.hpp"
#include "wire/mqtt.hpp"

namespace firstlight::sim {

enum class Service : std::uint8_t { endorse, keys, config_api };
[[nodiscard]] std::string_view service_name(Service s);

struct Attach {  // → AttachDone
  ActionId id = 0;
};
struct HttpsGet {  // → HttpsDone
  ActionId id = 0;
  Service service{};
  std::string url;
  Secret bearer;       // empty: no Authorization header
  std::string key_id;  // for the keys service
  WallTime clock;      // the camera's clock, against which the server's certificate is judged
};
enum class StoreCheck : std::uint8_t { checksum, none };  // none: a defect
struct StoreLoad {                                        // → StoreLoaded
  ActionId id = 0;
  StoreCheck check = StoreCheck::checksum;
};
enum class SaveHow : std::uint8_t { atomically, in_place };  // in_place: a defect; a power cut leaves the first half
struct StoreSave {                                           // → StoreSaved
  ActionId id = 0;
  Secret content;
  SaveHow how = SaveHow::atomically;
};
struct StoreDiscard {};
/// The clock is set by SNTP, which is modelled as the time that it takes. → ClockSynced
struct SyncClock {
  ActionId id = 0;
};

struct MqttConnect {  // → MqttOpened, then MqttMessage and at most one MqttLost
  ActionId id = 0;
  std::string endpoint;
  std::uint16_t port = 0;
  wire::mqtt::Connect packet;
  std::string certificate_pem;
  Secret private_key_pem;
  std::string ca_pem;
  WallTime clock;
};
struct MqttSubscribe {  // → MqttSubscribed
  ActionId id = 0;
  std::string topic;
  std::uint8_t qos = 0;
};
struct MqttPublish {  // → MqttPublished
  ActionId id = 0;
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
};
/// DISCONNECT, then close. No MqttLost follows.
struct MqttDisconnect {};
/// Whatever is open or being opened is closed without a word. Nothing follows.
struct DropConnections {};

/// A camera has one timer: starting it replaces the one before. → TimerFired
struct StartTimer {
  ActionId id = 0;
  Micros delay{};
};
struct CancelTimer {};
/// A line of the camera's own log. Where it would be kept is not modelled; whether it tells a secret is looked at.
struct Log {
  std::string text;
};
struct Emit {
  journal::Payload payload;
};

using Action = std::variant<Attach, HttpsGet, StoreLoad, StoreSave, StoreDiscard, SyncClock, MqttConnect, MqttSubscribe,
                            MqttPublish, MqttDisconnect, DropConnections, StartTimer, CancelTimer, Log, Emit>;

}  // namespace firstlight::sim
