// What only the whole scenario can contradict about its faults: cameras that there are not, windows beyond the end.
#include "language/language.hpp"

namespace firstlight::language {

namespace {

struct End {
  Duration at;
  std::string name;
};
std::optional<End> latest_end(const ValidatedKeys& keys, const Scenario& scenario) {
  if (keys.has("run_for")) return End{*scenario.run_for, "run_for " + format_duration(*scenario.run_for)};
  if (keys.has("timeout")) return End{scenario.timeout, "the timeout of " + format_duration(scenario.timeout)};
  return {};
}

bool check_cameras(DecodeContext& context, const Node& rule, const FaultRule& fault, std::uint32_t fleet) {
  const Node* cameras = rule.find("cameras");
  if (!cameras) return true;
  const auto none = [&](std::string message) { return context.error(*cameras, std::move(message)); };
  for (const auto& [from, to] : fault.selector.listed)
    if (to > fleet) return none(fmt::format("there is no camera {}: the scenario has {}", to, fleet));
  if (!fault.selector.listed.empty()) return true;
  const auto meant = fault.selector.part.of(fleet);
  if (meant > fleet) return none(fmt::format("{} cameras are meant, and there are only {}", meant, fleet));
  if (meant == 0) return none(fmt::format("{} of {} cameras is none", cameras->text, fleet));
  return true;
}

bool check_time(DecodeContext& context, const Node& rule, const FaultRule& fault, const std::optional<End>& end) {
  if (!fault.between || !end || fault.between->from < end->at) return true;
  context.error(*rule.find("between"), fmt::format("the window begins at {}, and the scenario ends by then ({})",
                                                   format_duration(fault.between->from), end->name));
  return false;
}

/// The cameras that the effect's own parameters name.
bool check_named_cameras(DecodeContext& context, const Node& rule, const FaultRule& fault, std::uint32_t fleet) {
  bool ok = true;
  for (const auto& p : fault.effect->parameters) {
    if (p.kind != fault::Kind::camera || fault.arguments.integer(p.name) <= fleet) continue;
    context.error(*rule.find("inject"), fmt::format("there is no camera {} (\"{}\"): the scenario has {}",
                                                    fault.arguments.integer(p.name), p.name, fleet));
    ok = false;
  }
  return ok;
}

}  // namespace

bool check_faults(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario) {
  if (!keys.has("faults")) return true;
  const auto end = latest_end(keys, scenario);
  const auto& nodes = keys.node("faults").items;
  bool ok = true;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& fault = scenario.faults[i];
    if (keys.has("cameras")) {
      ok = check_cameras(context, *nodes[i], fault, scenario.cameras.count) && ok;
      ok = check_named_cameras(context, *nodes[i], fault, scenario.cameras.count) && ok;
    }
    ok = check_time(context, *nodes[i], fault, end) && ok;
  }
  return ok;
}

}  // namespace firstlight::language
