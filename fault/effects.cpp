#include "fault/effects.hpp"

#include <stdexcept>
#include <string>

namespace firstlight::fault {

const std::vector<const EffectInfo*>& effects_in(std::string_view folder) {
  for (const auto& each : effect_folders())
    if (each.name == folder) return each.effects;
  throw std::out_of_range("fault/effects/ has no folder " + std::string(folder));
}

}  // namespace firstlight::fault
