// Rules at `attach` and `camera` with arguments as the simulated camera gets them. Used by this folder's tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fault/catalogue.hpp"
#include "fault/rule.hpp"

namespace firstlight::sim {

using Arguments = std::vector<std::pair<std::string, fault::Value>>;

/// For all cameras; the rule's id is the effect's name.
inline fault::Rule rule(const char* point, const char* effect, Arguments arguments = {},
                        fault::Attempts attempts = {}) {
  fault::Rule r;
  r.id = effect;
  r.at = point;
  r.points = fault::find_point(point)->points;
  r.effect = fault::find_point(point)->find(effect);
  for (auto& [name, value] : arguments) r.arguments.set(name, value);
  r.attempts = attempts;
  return r;
}

}  // namespace firstlight::sim
