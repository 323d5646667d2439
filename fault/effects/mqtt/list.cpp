#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> connack, connack_withheld, suback, suback_withheld, puback_withheld, pingresp_withheld,
    disconnect, taken_over, oversized_packet, malformed_packet, session_lost;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&connack,          &connack_withheld,  &suback,      &suback_withheld,
                                                  &puback_withheld,  &pingresp_withheld, &disconnect,  &taken_over,
                                                  &oversized_packet, &malformed_packet,  &session_lost};
  return all;
}

}  // namespace firstlight::fault::mqtt
