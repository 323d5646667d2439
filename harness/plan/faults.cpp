#include "harness/plan/faults.hpp"

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "fault/engine.hpp"
#include "fault/plans/link.hpp"

namespace firstlight::harness {

namespace {

std::vector<bool> chosen(const language::Scenario& scenario, const language::FaultRule& rule, std::uint64_t seed) {
  const auto fleet = scenario.cameras.count;
  const auto& selector = rule.selector;
  if (selector.all()) return std::vector<bool>(fleet + 1, true);
  std::vector<bool> is_chosen(fleet + 1, false);
  for (const auto& [from, to] : selector.listed)
    for (auto camera = from; camera <= std::min(to, fleet); ++camera) is_chosen[camera] = true;
  if (!selector.listed.empty()) return is_chosen;
  const auto id = scenario.name + "/" + rule.id;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ranked;
  for (std::uint32_t camera = 1; camera <= fleet; ++camera)
    ranked.emplace_back(draw_bits({seed, camera, "cameras", 0, id}), camera);
  std::sort(ranked.begin(), ranked.end());
  for (std::uint32_t i = 0; i < selector.part.of(fleet); ++i) is_chosen[ranked[i].second] = true;
  return is_chosen;
}

std::vector<std::uint32_t> with_own_destination(const std::vector<fault::Rule>& rules) {
  std::set<std::uint32_t> cameras;
  for (const auto& rule : rules) {
    if (!closes_ports(rule) || rule.for_all()) continue;
    for (std::uint32_t camera = 1; camera < rule.cameras.size(); ++camera)
      if (rule.cameras[camera]) cameras.insert(camera);
  }
  return {cameras.begin(), cameras.end()};
}

bool is_link(fault::Point point) {
  return std::find(fault::kLinks.begin(), fault::kLinks.end(), point) != fault::kLinks.end();
}

/// The listeners that a rule closes for the camera; for all (0) also those that some have of their own.
void add_windows(FaultPlan& plan, std::size_t index, std::uint32_t camera) {
  const auto& rule = plan.rules[index];
  const auto add = [&](std::uint32_t whose) {
    for (const auto link : rule.points)
      plan.port_windows.push_back({index, {link, whose}, rule.between->from, *rule.between->to});
  };
  add(camera);
  if (camera != 0) return;
  for (const auto own : plan.own_destination) add(own);
}

}  // namespace

bool closes_ports(const fault::Rule& rule) {
  if (!is_link(rule.points.front())) return false;
  fault::LinkPlan plan;
  fault::Engine::apply(plan, rule);
  return plan.port_closed;
}

bool needs_simulated_cameras(const fault::Rule& rule) {
  return rule.points.front() == fault::Point::camera || rule.points.front() == fault::Point::attach;
}

std::vector<fault::Rule> resolve_rules(const language::Scenario& scenario, std::uint64_t seed) {
  std::vector<fault::Rule> rules;
  for (const auto& from : scenario.faults) {
    fault::Rule& rule = rules.emplace_back(from);
    rule.cameras = chosen(scenario, from, seed);
  }
  return rules;
}

FaultPlan plan_faults(const FaultDraws& draws, std::vector<fault::Rule> rules) {
  FaultPlan plan;
  plan.own_destination = with_own_destination(rules);
  // An engine whose scenario begins at the clock's zero: the draws are those of the run, by construction.
  fault::Engine engine(draws.seed, draws.scenario, draws.cameras, std::move(rules));
  engine.start({}, {});
  plan.rules = engine.rules();
  for (const auto& due : engine.timetable()) {
    const auto index = static_cast<std::size_t>(due.rule - engine.rules().data());
    const auto at = std::chrono::duration_cast<Duration>(due.at.time_since_epoch());
    if (closes_ports(*due.rule))
      add_windows(plan, index, due.camera);
    else
      plan.moments.push_back({index, due.camera, at});
  }
  return plan;
}

}  // namespace firstlight::harness
