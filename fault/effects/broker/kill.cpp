#include "fault/plans/broker.hpp"

namespace firstlight::fault::broker {

extern const EffectOn<BrokerPlan> kill;
const EffectOn<BrokerPlan> kill(
    {"kill",
     "Mosquitto dies (SIGKILL) and is started again.",
     {Parameter{.name = "off_for", .kind = Kind::duration, .summary = "Until it is started again.", .fallback = "1s"}},
     Moment::scheduled},
    [](BrokerPlan& p, const Arguments& a) {
      p.action = BrokerPlan::Action::kill;
      p.lasts = a.duration("off_for");
    });

}  // namespace firstlight::fault::broker
