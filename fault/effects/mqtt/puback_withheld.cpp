#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> puback_withheld;
const EffectOn<MqttPlan> puback_withheld({"puback-withheld", "PUBLISH is never answered."},
                                         [](MqttPlan& p, const Arguments&) { p.withhold_puback = true; });

}  // namespace firstlight::fault::mqtt
