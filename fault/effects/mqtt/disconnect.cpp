#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> disconnect;
const EffectOn<MqttPlan> disconnect({"disconnect",
                                     "The lab ends the session after some packets of the device.",
                                     {Parameter{.name = "after",
                                                .kind = Kind::integer,
                                                .summary = "Packets after the CONNECT.",
                                                .fallback = "1",
                                                .least = 1,
                                                .most = 1000000}}},
                                    [](MqttPlan& p, const Arguments& a) { p.disconnect_after = a.integer("after"); });

}  // namespace firstlight::fault::mqtt
