#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> suback_withheld;
const EffectOn<MqttPlan> suback_withheld({"suback-withheld", "SUBSCRIBE is never answered."},
                                         [](MqttPlan& p, const Arguments&) { p.withhold_suback = true; });

}  // namespace firstlight::fault::mqtt
