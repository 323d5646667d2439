#include "language/scenario_checker.hpp"

#include "language/arrival.hpp"

namespace firstlight::language {

void ScenarioChecker::report(const Node& node, std::string message, std::string hint) {
  context_.error(node, std::move(message), std::move(hint));
  sound_ = false;
}

std::optional<std::uint32_t> ScenarioChecker::fleet() const {
  if (!keys_.has("cameras")) return {};
  return scenario_.cameras.count;
}

std::optional<ScenarioChecker::End> ScenarioChecker::end() const {
  if (keys_.has("run_for")) return End{*scenario_.run_for, "run_for " + format_duration(*scenario_.run_for)};
  if (keys_.has("timeout")) return End{scenario_.timeout, "the timeout of " + format_duration(scenario_.timeout)};
  return {};
}

std::optional<double> ScenarioChecker::certain_start(std::uint32_t index) const {
  if (!keys_.has("cameras") || std::holds_alternative<ArrivePoisson>(scenario_.cameras.arrive)) return {};
  return nominal_start_seconds(scenario_.cameras.arrive, index);
}

bool ScenarioChecker::no_fault() const {
  return no_fault([](const FaultRule&) { return true; });
}

bool ScenarioChecker::no_fault(const std::function<bool(const FaultRule&)>& fits) const {
  const bool known = keys_.has("faults") || keys_.map.find("faults") == nullptr;
  return known && std::none_of(scenario_.faults.begin(), scenario_.faults.end(), fits);
}

bool ScenarioChecker::check_set(const std::optional<CameraSet>& set, std::string_view key) {
  const auto cameras = fleet();
  if (!set || !cameras) return true;
  const auto needed = set->of(*cameras);
  const Node& node = value(key);
  if (needed > *cameras)
    report(node, fmt::format("{} cameras are expected, and there are only {}", needed, *cameras));
  else if (needed == 0)
    report(node, fmt::format("{} of {} cameras is none", node.text, *cameras));
  return needed > 0 && needed <= *cameras;
}

}  // namespace firstlight::language
