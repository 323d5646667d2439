#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::broker {

extern const EffectOn<BrokerPlan> kill, freeze, restart;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&kill, &freeze, &restart};
  return all;
}

}  // namespace firstlight::fault::broker
