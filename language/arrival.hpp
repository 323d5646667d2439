// When cameras start, as far as no draw decides it. Used by the loader, which refuses arrivals that cannot end in time,
// and by the plan.
#pragma once

#include "language/scenario.hpp"

namespace firstlight::language {

/// The start of the camera with this index (from 0), in seconds after the scenario's start; for Poisson arrivals the
/// mean.
[[nodiscard]] double nominal_start_seconds(const Arrival& arrival, std::uint32_t index);

/// From seconds, to the nearest microsecond; a century at most.
[[nodiscard]] Duration to_duration(double seconds);

}  // namespace firstlight::language
