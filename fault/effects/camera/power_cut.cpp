#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

extern const EffectOn<CameraPlan> power_cut;
const EffectOn<CameraPlan> power_cut(
    {"power-cut",
     "The power goes away, when the camera begins a stage or at the rule's moment, and comes back.",
     {Parameter{
          .name = "stage",
          .kind = Kind::choice,
          .summary = "When a boot reaches it; none: at the rule's moment, and nothing happens to a camera that is off.",
          .fallback = "none",
          .choices = {"none", "attach", "endorse", "verify", "config", "store", "mqtt_connect", "subscribe", "status"}},
      Parameter{.name = "off_for", .kind = Kind::duration, .summary = "Until it comes back.", .fallback = "1s"}},
     Moment::either},
    [](CameraPlan& p, const Arguments& a) {
      p.cut_power = true;
      journal::Stage stage{};
      if (journal::parse_stage(a.text("stage"), stage)) p.cut_at = stage;
      p.off_for = a.duration("off_for");
    });

}  // namespace firstlight::fault::camera
