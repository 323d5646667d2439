// The parts of a resolved fault rule as a scenario would write them, for both forms of the printed plan. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fault/rule.hpp"

namespace firstlight::harness {

/// Of the fleet, ascending; every number when the rule is for all.
[[nodiscard]] std::vector<std::uint32_t> cameras_of(const fault::Rule& rule);
/// "all", "first 2", "from 3", "only 2", "every 3".
[[nodiscard]] std::string attempts_text(const fault::Attempts& attempts);
/// "at any time", "from 2s to 5s", "from 2s", "from 1s after camera_online, for 3s".
[[nodiscard]] std::string when_text(const fault::Rule& rule);

}  // namespace firstlight::harness
