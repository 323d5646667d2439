#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> store_full;
const EffectOn<CameraPlan> store_full({"store-full", "The camera's store is full in this boot."},
                                      [](CameraPlan& p, const Arguments&) { p.store = CameraPlan::Store::full; });

}  // namespace firstlight::fault::camera
