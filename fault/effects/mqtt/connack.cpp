#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> connack;
const EffectOn<MqttPlan> connack({"connack",
                                  "The CONNECT is refused.",
                                  {Parameter{.name = "code",
                                             .kind = Kind::integer,
                                             .summary = "MQTT 3.1.1: 1 to 5; MQTT 5: a reason code from 128.",
                                             .least = 1,
                                             .most = 255}}},
                                 [](MqttPlan& p, const Arguments& a) {
                                   p.connack = static_cast<int>(a.integer("code"));
                                 });

}  // namespace firstlight::fault::mqtt
