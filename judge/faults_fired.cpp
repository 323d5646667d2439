#include "judge/faults_fired.hpp"

#include <fmt/format.h>

#include <set>

namespace firstlight::judge {

std::vector<CheckResult> check_faults_fired(std::span<const FaultRuleId> rules,
                                            std::span<const journal::Event> events) {
  std::set<std::string, std::less<>> fired;
  for (const auto& event : events) {
    if (std::holds_alternative<journal::RunEnded>(event.payload)) break;
    if (const auto* firing = std::get_if<journal::FaultFired>(&event.payload)) fired.insert(firing->rule);
  }
  std::vector<CheckResult> results;
  for (const auto& rule : rules) {
    if (fired.contains(rule.id)) continue;
    CheckResult check;
    check.expect = fmt::format("fault {} fires", rule.id);
    check.line = rule.line;
    check.verdict = Verdict::inconclusive;
    check.observed = "it never fired: no camera came to its point at an attempt and a time that it is for";
    results.push_back(std::move(check));
  }
  return results;
}

}  // namespace firstlight::judge
