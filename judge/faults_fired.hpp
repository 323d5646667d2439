// The implicit check of every rule of a scenario: it fired, or nothing that was seen can be laid to it. Called by
// judge() with the ids of the scenario's rules.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "journal/event.hpp"
#include "judge/verdict.hpp"

namespace firstlight::judge {

struct FaultRuleId {
  std::string id;
  std::size_t line = 0;  // in the scenario's file
};

/// One result for each rule that never fired (inconclusive); none for those that did.
[[nodiscard]] std::vector<CheckResult> check_faults_fired(std::span<const FaultRuleId> rules,
                                                          std::span<const journal::Event> events);

}  // namespace firstlight::judge
