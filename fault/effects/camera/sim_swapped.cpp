#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> sim_swapped;
const EffectOn<CameraPlan> sim_swapped(
    {"sim-swapped", "The camera is switched off, if it is on, and comes back with another SIM.", {}, Moment::scheduled},
    [](CameraPlan& p, const Arguments&) { p.swap_sim = true; });

}  // namespace firstlight::fault::camera
