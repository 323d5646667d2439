#include "fault/plans/broker.hpp"

namespace firstlight::fault::broker {

extern const EffectOn<BrokerPlan> restart;
const EffectOn<BrokerPlan> restart(
    {"restart", "Mosquitto is stopped properly and started again.", {}, Moment::scheduled},
    [](BrokerPlan& p, const Arguments&) { p.action = BrokerPlan::Action::restart; });

}  // namespace firstlight::fault::broker
