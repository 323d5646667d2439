#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> malformed_packet;
const EffectOn<MqttPlan> malformed_packet({"malformed-packet", "After the SUBACK come bytes that are no MQTT packet."},
                                          [](MqttPlan& p, const Arguments&) { p.malformed = true; });

}  // namespace firstlight::fault::mqtt
