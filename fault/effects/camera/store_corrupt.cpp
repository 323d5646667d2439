#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> store_corrupt;
const EffectOn<CameraPlan> store_corrupt({"store-corrupt", "What the camera saves in this boot has a wrong byte."},
                                         [](CameraPlan& p, const Arguments&) { p.store = CameraPlan::Store::corrupt; });

}  // namespace firstlight::fault::camera
