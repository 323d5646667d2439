// Which of several rules that apply to one answer, token or certificate the device can tell: a rule that another one
// overrides, or that changes nothing, is not proven by what the device was handed.
#pragma once

#include <cstddef>
#include <utility>

#include "fault/engine.hpp"

namespace firstlight::fakes {

/// The injections without which `outcome(injections)` would be another value, in order. Of two that do the same, the
/// later one counts. `outcome` applies the rules of the injections that it is given to a fresh plan and says what comes
/// of it.
template <class Outcome>
fault::Injections effective(fault::Injections injections, const Outcome& outcome) {
  if (injections.empty()) return injections;
  const auto whole = outcome(injections);
  for (std::size_t i = 0; i < injections.size();) {
    auto without = injections;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (outcome(without) == whole)
      injections = std::move(without);
    else
      ++i;
  }
  return injections;
}

}  // namespace firstlight::fakes
