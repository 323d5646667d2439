#include "harness/plan/rule_text.hpp"

#include <fmt/format.h>

namespace firstlight::harness {

std::vector<std::uint32_t> cameras_of(const fault::Rule& rule) {
  std::vector<std::uint32_t> cameras;
  for (std::uint32_t camera = 1; camera < rule.cameras.size(); ++camera)
    if (rule.cameras[camera]) cameras.push_back(camera);
  return cameras;
}

std::string attempts_text(const fault::Attempts& attempts) {
  if (attempts.all()) return "all";
  if (attempts.every > 1) return fmt::format("every {}", attempts.every);
  if (attempts.last == UINT32_MAX) return fmt::format("from {}", attempts.first);
  if (attempts.first == attempts.last && attempts.first > 1) return fmt::format("only {}", attempts.first);
  return fmt::format("first {}", attempts.last);
}

std::string when_text(const fault::Rule& rule) {
  if (rule.between) {
    const auto from = "from " + format_duration(rule.between->from);
    return rule.between->to ? from + " to " + format_duration(*rule.between->to) : from;
  }
  if (!rule.after) return "at any time";
  const auto& after = *rule.after;
  auto text = fmt::format("from {} after {}", format_duration(after.delay), after.event);
  if (after.delay == Duration{0}) text = "from " + after.event;
  return after.lasts ? text + ", for " + format_duration(*after.lasts) : text;
}

}  // namespace firstlight::harness
