// Which of several rules that apply to one answer, token or certificate the device can tell: a rule that another one
// overrides, or that changes nothing, is not proven by what the device was handed.
#pragma once

#include <cstddef>
#include <utility>

#include "fault/engine.hpp"

namespace firstlight::fakes {

/// The shots without which `outcome(shots)` would be another value, in order. Of two that do the same, the later one
/// counts. `outcome` applies the rules of the shots that it is given to a fresh plan and says what comes of it.
template <class Outcome>
fault::Shots effective(fault::Shots shots, const Outcome& outcome) {
  if (shots.empty()) return shots;
  const auto whole = outcome(shots);
  for (std::size_t i = 0; i < shots.size();) {
    auto without = shots;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (outcome(without) == whole)
      shots = std::move(without);
    else
      ++i;
  }
  return shots;
}

}  // namespace firstlight::fakes
