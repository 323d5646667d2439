// The rules of a scenario's faults, resolved for one run: the cameras that a share means, chosen by the seed. Called by
// the runner, by `run --dry-run` and by tests; pure.
#pragma once

#include <cstdint>
#include <vector>

#include "fault/rule.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness {

/// In the scenario's order. A share of the cameras is exactly round(n·p) of them: those that rank first by a draw keyed
/// with the scenario's name and the rule's id.
[[nodiscard]] std::vector<fault::Rule> plan_faults(const language::Scenario& scenario, std::uint64_t seed);

/// The cameras that have a destination address of their own, because a port is closed for them and not for all;
/// ascending.
[[nodiscard]] std::vector<std::uint32_t> with_own_destination(const std::vector<fault::Rule>& rules);

}  // namespace firstlight::harness
