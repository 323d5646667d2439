#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> connack_withheld;
const EffectOn<MqttPlan> connack_withheld({"connack-withheld", "The CONNECT is never answered."},
                                          [](MqttPlan& p, const Arguments&) { p.withhold_connack = true; });

}  // namespace firstlight::fault::mqtt
