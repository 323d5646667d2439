#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> refuse, reset, blackhole, latency, bandwidth, slice, stall, half_close, partition, flap;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&refuse, &reset, &blackhole,  &latency,   &bandwidth,
                                                  &slice,  &stall, &half_close, &partition, &flap};
  return all;
}

}  // namespace firstlight::fault::link
