#include "harness/plan/faults.hpp"

#include <algorithm>
#include <set>

#include "base/random.hpp"

namespace firstlight::harness {

namespace {

std::vector<bool> chosen(const language::Scenario& scenario, const language::FaultRule& rule, std::uint64_t seed) {
  const auto fleet = scenario.cameras.count;
  if (rule.cameras.all()) return std::vector<bool>(fleet + 1, true);
  std::vector<bool> is_chosen(fleet + 1, false);
  for (const auto& [from, to] : rule.cameras.listed)
    for (auto camera = from; camera <= std::min(to, fleet); ++camera) is_chosen[camera] = true;
  if (!rule.cameras.listed.empty()) return is_chosen;
  const auto id = scenario.name + "/" + rule.id;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ranked;
  for (std::uint32_t camera = 1; camera <= fleet; ++camera)
    ranked.emplace_back(draw_bits({seed, camera, "cameras", 0, id}), camera);
  std::sort(ranked.begin(), ranked.end());
  for (std::uint32_t i = 0; i < rule.cameras.part.of(fleet); ++i) is_chosen[ranked[i].second] = true;
  return is_chosen;
}

}  // namespace

std::vector<fault::Rule> plan_faults(const language::Scenario& scenario, std::uint64_t seed) {
  std::vector<fault::Rule> rules;
  for (const auto& from : scenario.faults) {
    fault::Rule rule;
    rule.id = from.id;
    rule.at = from.at;
    rule.points = from.point->points;
    rule.effect = from.what;
    rule.arguments = from.arguments;
    rule.cameras = chosen(scenario, from, seed);
    rule.attempts = from.attempts;
    rule.probability = from.probability;
    rule.between = from.between;
    rule.after = from.after;
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<std::uint32_t> with_own_destination(const std::vector<fault::Rule>& rules) {
  std::set<std::uint32_t> cameras;
  for (const auto& rule : rules) {
    if (!rule.refuses() || rule.for_all()) continue;
    for (std::uint32_t camera = 1; camera < rule.cameras.size(); ++camera)
      if (rule.cameras[camera]) cameras.insert(camera);
  }
  return {cameras.begin(), cameras.end()};
}

}  // namespace firstlight::harness
