// The property section of MQTT 5 packets (§2.2.2): which property has which type and belongs to which packet. Used by
// mqtt_decode.cpp and mqtt_encode.cpp.
#pragma once

#include "wire/mqtt.hpp"
#include "wire/mqtt_bytes.hpp"

namespace firstlight::wire::mqtt {

/// Where properties stand: in a packet, or in the will of a CONNECT.
enum class PropertyPlace : std::uint8_t {
  connect,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  disconnect,
  auth,
  will
};

[[nodiscard]] Properties read_properties(Reader& reader, PropertyPlace place);
void write_properties(Writer& writer, const Properties& properties);

}  // namespace firstlight::wire::mqtt
