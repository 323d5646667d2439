#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::iot_verify {

extern const EffectOn<VerifyPlan> slow, down;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&slow, &down};
  return all;
}

}  // namespace firstlight::fault::iot_verify
