#include "fault/plans/broker.hpp"

namespace firstlight::fault::broker {

extern const EffectOn<BrokerPlan> freeze;
const EffectOn<BrokerPlan> freeze({"freeze",
                                   "Mosquitto stands still (SIGSTOP) and then goes on.",
                                   {Parameter{.name = "for", .kind = Kind::duration, .summary = "How long."}},
                                   Moment::scheduled},
                                  [](BrokerPlan& p, const Arguments& a) {
                                    p.action = BrokerPlan::Action::freeze;
                                    p.lasts = a.duration("for");
                                  });

}  // namespace firstlight::fault::broker
