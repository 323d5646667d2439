#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> store_torn;
const EffectOn<CameraPlan> store_torn({"store-torn",
                                       "What the camera saves in this boot is torn: its second half is missing."},
                                      [](CameraPlan& p, const Arguments&) { p.store = CameraPlan::Store::torn; });

}  // namespace firstlight::fault::camera
