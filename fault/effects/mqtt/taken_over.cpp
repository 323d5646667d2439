#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> taken_over;
const EffectOn<MqttPlan> taken_over(
    {"taken-over", "Somebody else connects with the camera's client id.", {}, Moment::either},
    [](MqttPlan& p, const Arguments&) { p.taken_over = true; });

}  // namespace firstlight::fault::mqtt
