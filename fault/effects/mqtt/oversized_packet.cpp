#include "fault/plans/mqtt.hpp"

namespace firstlight::fault::mqtt {

extern const EffectOn<MqttPlan> oversized_packet;
const EffectOn<MqttPlan> oversized_packet({"oversized-packet",
                                           "After the SUBACK comes a PUBLISH that is larger than any camera can hold.",
                                           {Parameter{.name = "bytes",
                                                      .kind = Kind::bytes,
                                                      .summary = "Of its payload.",
                                                      .fallback = "1MiB",
                                                      .least = 1,
                                                      .most = 16777216}}},
                                          [](MqttPlan& p, const Arguments& a) { p.oversized = a.integer("bytes"); });

}  // namespace firstlight::fault::mqtt
