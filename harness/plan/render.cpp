// The plan for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/plan/plan.hpp"
#include "harness/plan/rule_text.hpp"

namespace firstlight::harness {

namespace {

std::string seconds_text(SteadyClock::duration d) {
  return fmt::format("{:.3f} s", std::chrono::duration<double>(d).count());
}

std::string arrival_text(const language::ArriveAtOnce&) {
  return "at once";
}
std::string arrival_text(const language::ArriveAtRate& a) {
  return fmt::format("{:g} a second, evenly spaced", a.per_second);
}
std::string arrival_text(const language::ArrivePoisson& a) {
  return fmt::format("{:g} a second on average (Poisson)", a.per_second);
}
std::string arrival_text(const language::ArriveRamp& a) {
  return fmt::format("from {:g} to {:g} a second over {}", a.from_per_second, a.to_per_second, format_duration(a.over));
}

std::string_view given_by(SeedOrigin origin) {
  switch (origin) {
    case SeedOrigin::command_line:
      return "given by --seed";
    case SeedOrigin::scenario:
      return "the scenario's own";
    case SeedOrigin::drawn:
      return "drawn for this run";
  }
  return "?";
}

std::string camera_line(const PlannedCamera& camera) {
  const auto arrives = camera.destination ? "  connects to " + camera.destination->to_string() : std::string();
  return fmt::format("    {:>6}  {:<15}  {:>12}{}\n", camera.id.value(), camera.source.to_string(),
                     seconds_text(camera.start_after), arrives);
}

std::string camera_list(const std::vector<PlannedCamera>& cameras) {
  constexpr std::size_t kHead = 8, kTail = 2;
  auto text = fmt::format("    {:>6}  {:<15}  {:>12}\n", "camera", "address", "power-on");
  const bool all = cameras.size() <= kHead + kTail + 1;
  const auto head = all ? cameras.size() : kHead;
  for (std::size_t i = 0; i < head; ++i) text += camera_line(cameras[i]);
  if (all) return text;
  text += fmt::format("    {:>6}  ({} more)\n", "…", cameras.size() - kHead - kTail);
  for (std::size_t i = cameras.size() - kTail; i < cameras.size(); ++i) text += camera_line(cameras[i]);
  return text;
}

/// "1..4, 7": ascending numbers; the end of a long list is left out.
std::string numbers_text(const std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t kShown = 10;
  std::vector<std::string> runs;
  std::size_t told = 0;
  for (std::size_t i = 0; i < numbers.size() && runs.size() < kShown;) {
    auto last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (last == i + 1) last = i;  // two in a row are two numbers
    runs.push_back(last == i ? fmt::format("{}", numbers[i]) : fmt::format("{}..{}", numbers[i], numbers[last]));
    told += last - i + 1;
    i = last + 1;
  }
  auto text = fmt::format("{}", fmt::join(runs, ", "));
  if (told < numbers.size()) text += fmt::format(", … ({} more)", numbers.size() - told);
  return text;
}

std::string cameras_text(const fault::Rule& rule, std::size_t fleet) {
  if (rule.for_all()) return "all cameras";
  const auto cameras = cameras_of(rule);
  return fmt::format("{} of {} cameras: {}", cameras.size(), fleet, numbers_text(cameras));
}

std::string rule_line(const fault::Rule& rule, std::size_t fleet) {
  auto text = fmt::format("  rule {}: {} at {}; {}; ", rule.id, rule.effect->name, rule.at, cameras_text(rule, fleet));
  if (!rule.scheduled()) text += "attempts: " + attempts_text(rule.attempts) + "; ";
  if (rule.probability < 1) text += fmt::format("probability {:g}%; ", rule.probability * 100);
  return text + when_text(rule) + "\n";
}

/// What the rule closes, link by link, when the draws have not spared it.
std::string closing_lines(const Plan& plan, std::size_t index) {
  std::map<fault::Point, std::vector<std::uint32_t>> listeners;
  for (const auto& window : plan.faults.port_windows)
    if (window.rule == index) listeners[window.listener.link].push_back(window.listener.camera);
  std::string text;
  for (auto& [link, cameras] : listeners) {
    const bool shared = cameras.front() == 0;
    if (shared) cameras.erase(cameras.begin());
    const auto own = cameras.empty() ? std::string() : "the own port of " + numbers_text(cameras);
    text += fmt::format("    closes {}: {}{}{}\n", fault::point_name(link), shared ? "the port of all" : "",
                        shared && !own.empty() ? ", and " : "", own);
  }
  return text;
}

/// Whom the rule strikes at its moment.
std::string moment_line(const Plan& plan, std::size_t index) {
  const auto& rule = plan.faults.rules[index];
  std::vector<std::uint32_t> cameras;
  bool lab = false;
  for (const auto& moment : plan.faults.moments) {
    if (moment.rule != index) continue;
    if (moment.camera == 0)
      lab = true;
    else
      cameras.push_back(moment.camera);
  }
  if (!rule.scheduled() || !rule.between || closes_ports(rule)) return {};
  if (lab) return "    strikes the lab, once\n";
  return cameras.empty() ? "    strikes nobody: its probability spared them\n"
                         : fmt::format("    strikes {}, once each\n", numbers_text(cameras));
}

std::string ending_text(const language::Scenario& scenario) {
  const auto ceiling = format_duration(scenario.timeout);
  if (scenario.run_for)
    return fmt::format("  ends: after {}; ceiling {}\n", format_duration(*scenario.run_for), ceiling);
  return fmt::format("  ends: when every camera is online or has given up; ceiling {}\n", ceiling);
}

}  // namespace

std::string render_plan(const language::Scenario& scenario, const Plan& plan, const std::string& name) {
  const auto arrival = std::visit([](const auto& a) { return arrival_text(a); }, scenario.cameras.arrive);
  const auto& seed = plan.seeds.scenario;
  auto text = fmt::format("{} (seed {}, {})\n  {}\n", name, seed.value, given_by(seed.origin), scenario.summary);
  if (!scenario.skip.empty()) text += fmt::format("  skipped: {}\n", scenario.skip);
  text += fmt::format("  cameras: {}, arriving {}; the first at {}, the last at {}\n", plan.cameras.size(), arrival,
                      seconds_text(plan.cameras.empty() ? Duration{0} : plan.cameras.front().start_after),
                      seconds_text(plan.last_start()));
  text += ending_text(scenario);
  for (std::size_t i = 0; i < plan.faults.rules.size(); ++i)
    text += rule_line(plan.faults.rules[i], plan.cameras.size()) + closing_lines(plan, i) + moment_line(plan, i);
  for (const auto& expectation : scenario.expect) text += fmt::format("  expect: {}\n", expectation.text());
  const auto& d = plan.descriptors;
  text += fmt::format("  descriptors: {} (the lab {}, cameras' own ports {}, connections {})\n", d.total(), d.lab,
                      d.listeners, d.connections);
  return text + camera_list(plan.cameras);
}

}  // namespace firstlight::harness
