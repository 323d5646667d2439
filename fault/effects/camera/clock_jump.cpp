#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> clock_jump;
const EffectOn<CameraPlan> clock_jump(
    {"clock-jump",
     "The camera's clock jumps at the rule's moment, or when the camera has set it if that is later.",
     {Parameter{.name = "by", .kind = Kind::duration, .summary = "Forward; negative: back.", .least = -INT64_MAX}},
     Moment::scheduled},
    [](CameraPlan& p, const Arguments& a) { p.clock_by = a.duration("by"); });

}  // namespace firstlight::fault::camera
