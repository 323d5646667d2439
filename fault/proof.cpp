#include "fault/proof.hpp"

#include <cstddef>
#include <utility>

namespace firstlight::fault {

Injections without_idle(Injections injections, const std::function<bool(const Injections& others)>& does_the_same) {
  for (std::size_t i = 0; i < injections.size();) {
    auto others = injections;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (does_the_same(others))
      injections = std::move(others);
    else
      ++i;
  }
  return injections;
}

}  // namespace firstlight::fault
