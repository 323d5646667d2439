#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> power_cut, store_torn, store_corrupt, store_full, clock_skew, clock_jump, sim_swapped,
    cloned_identity;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&power_cut,  &store_torn, &store_corrupt, &store_full,
                                                  &clock_skew, &clock_jump, &sim_swapped,   &cloned_identity};
  return all;
}

}  // namespace firstlight::fault::camera
