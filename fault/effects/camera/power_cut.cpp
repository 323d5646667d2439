#include "fault/plans/camera.hpp"

namespace firstlight::fault::camera {

namespace {

std::vector<std::string_view> stages_or_none() {
  std::vector<std::string_view> names{"none"};
  for (const auto& info : journal::kStages) names.push_back(info.name);
  return names;
}

}  // namespace

extern const EffectOn<CameraPlan> power_cut;
const EffectOn<CameraPlan> power_cut(
    {"power-cut",
     "The power goes away, when the camera begins a stage or at the rule's moment, and comes back.",
     {Parameter{
          .name = "stage",
          .kind = Kind::choice,
          .summary = "When a boot reaches it; none: at the rule's moment, and nothing happens to a camera that is off.",
          .fallback = "none",
          .choices = stages_or_none()},
      Parameter{.name = "off_for", .kind = Kind::duration, .summary = "Until it comes back.", .fallback = "1s"}},
     Moment::either},
    [](CameraPlan& p, const Arguments& a) {
      p.cut_power = true;
      p.cut_at = journal::find_stage(a.text("stage"));
      p.off_for = a.duration("off_for");
    });

}  // namespace firstlight::fault::camera
