#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> pingresp_withheld;
const EffectOn<MqttPlan> pingresp_withheld({"pingresp-withheld", "PINGREQ is never answered."},
                                           [](MqttPlan& p, const Arguments&) { p.withhold_pingresp = true; });

}  // namespace firstlight::fault::mqtt
