#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> suback;
const EffectOn<MqttPlan> suback({"suback",
                                 "Every SUBSCRIBE is refused.",
                                 {Parameter{.name = "code",
                                            .kind = Kind::integer,
                                            .summary = "MQTT 3.1.1: 128; MQTT 5: a reason code from 128.",
                                            .fallback = "128",
                                            .least = 128,
                                            .most = 255}}},
                                [](MqttPlan& p, const Arguments& a) {
                                  p.suback = static_cast<int>(a.integer("code"));
                                });

}  // namespace firstlight::fault::mqtt
