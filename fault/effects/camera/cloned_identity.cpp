#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> cloned_identity;
const EffectOn<CameraPlan> cloned_identity(
    {"cloned-identity",
     "The camera boots with a copy of another camera's store.",
     {Parameter{
         .name = "of", .kind = Kind::camera, .summary = "The other camera's number.", .least = 1, .most = 20000}}},
    [](CameraPlan& p, const Arguments& a) { p.clone_of = static_cast<std::uint32_t>(a.integer("of")); });

}  // namespace firstlight::fault::camera
