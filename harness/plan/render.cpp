#include <fmt/format.h>

#include "harness/plan/plan.hpp"

namespace firstlight::harness {

namespace {

std::string seconds_text(Duration d) {
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

std::string camera_line(const PlannedCamera& camera) {
  const auto bits = static_cast<std::uint32_t>(camera.address.to_uint());
  const auto address = fmt::format("{}.{}.{}.{}", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
  return fmt::format("    {:>6}  {:<15}  {:>12}\n", camera.id.value(), address, seconds_text(camera.start));
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

}  // namespace

std::string render_plan(const language::Scenario& scenario, const Plan& plan) {
  const auto arrival = std::visit([](const auto& a) { return arrival_text(a); }, scenario.cameras.arrive);
  auto text = fmt::format("{} (seed {})\n  {}\n", scenario.name, plan.seed, scenario.summary);
  text += fmt::format("  cameras: {}, arriving {}; the first at {}, the last at {}\n", plan.cameras.size(), arrival,
                      seconds_text(plan.cameras.empty() ? Duration{0} : plan.cameras.front().start),
                      seconds_text(plan.last_start()));
  text += scenario.run_for ? fmt::format("  ends: after {}; ceiling {}\n", format_duration(*scenario.run_for),
                                         format_duration(scenario.timeout))
                           : fmt::format("  ends: when every camera is online or has given up; ceiling {}\n",
                                         format_duration(scenario.timeout));
  for (const auto& expectation : scenario.expect) text += fmt::format("  expect: {}\n", expectation.text());
  return text + camera_list(plan.cameras);
}

}  // namespace firstlight::harness
