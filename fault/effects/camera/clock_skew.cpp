#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> clock_skew;
const EffectOn<CameraPlan> clock_skew(
    {"clock-skew",
     "The camera's clock is wrong from the boot on, also after it was synchronised.",
     {Parameter{.name = "by", .kind = Kind::duration, .summary = "Fast; negative: slow.", .least = -INT64_MAX}}},
    [](CameraPlan& p, const Arguments& a) { p.clock_by = a.duration("by"); });

}  // namespace firstlight::fault::camera
