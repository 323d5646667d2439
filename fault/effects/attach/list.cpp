#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::attach {

extern const EffectOn<AttachPlan> delay, reject, bar, detach;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&delay, &reject, &bar, &detach};
  return all;
}

}  // namespace firstlight::fault::attach
