#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> session_lost;
const EffectOn<MqttPlan> session_lost({"session-lost", "The stored session of the client is gone."},
                                      [](MqttPlan& p, const Arguments&) { p.session_lost = true; });

}  // namespace firstlight::fault::mqtt
