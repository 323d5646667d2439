// The effects of each folder of fault/effects/, in the order of their names. Written by the build from the folders
// (cmake/effects.cmake); read by the catalogue.
#pragma once

#include <string_view>
#include <vector>

#include "fault/effect.hpp"

namespace firstlight::fault {

struct EffectFolder {
  std::string_view name;
  std::vector<const EffectInfo*> effects;
};
[[nodiscard]] const std::vector<EffectFolder>& effect_folders();
/// Throws std::out_of_range when there is no such folder.
[[nodiscard]] const std::vector<const EffectInfo*>& effects_in(std::string_view folder);

}  // namespace firstlight::fault
