#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::iot_register {

extern const EffectOn<RegisterPlan> error, throttled, slow, lost;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&error, &throttled, &slow, &lost};
  return all;
}

}  // namespace firstlight::fault::iot_register
