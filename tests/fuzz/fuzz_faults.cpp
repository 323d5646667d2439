// Whatever stands below `faults:` in a scenario that is otherwise valid: the loader ends, never throws, and gives
// either rules that can be planned and consulted, or diagnostics that can be printed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fault/engine.hpp"
#include "harness/plan/faults.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

using namespace firstlight;
using namespace firstlight::harness;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// The input's lines, indented, as the rules of a scenario.
std::string scenario_with(std::string_view rules) {
  std::string text =
      "name: fuzz\nsummary: Rules of faults.\ncameras: {count: 3}\nexpect: [{online: {cameras: all}}]\nfaults:\n";
  while (!rules.empty()) {
    const auto line = rules.substr(0, rules.find('\n'));
    text += "  " + std::string(line) + "\n";
    rules.remove_prefix(std::min(rules.size(), line.size() + 1));
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto loaded = language::load_scenario(scenario_with({reinterpret_cast<const char*>(data), size}), "fuzz.yaml",
                                              judge::vocabulary());
  require(loaded.scenario.has_value() == loaded.diagnostics.empty());
  require(render(loaded.diagnostics).size() < 100'000);
  if (!loaded) return 0;

  const auto& scenario = *loaded.scenario;
  auto rules = resolve_rules(scenario, 1);
  for (const auto& rule : rules) {
    require(!rule.id.empty() && rule.effect != nullptr && !rule.points.empty());
    for (const auto& parameter : rule.effect->parameters) require(rule.arguments.has(parameter.name));
  }
  (void)plan_faults({1, scenario.name, scenario.cameras.count}, rules);
  fault::Engine engine(1, scenario.name, scenario.cameras.count, std::move(rules));
  engine.start(SteadyClock::now(), SteadyClock::now());
  (void)engine.timetable();
  for (std::size_t point = 0; point < fault::kPointCount; ++point)
    for (const std::uint32_t camera : {0U, 1U, 3U, 4U})
      (void)engine.consult(static_cast<fault::Point>(point), camera, 1 + static_cast<std::uint32_t>(size % 5));
  return 0;
}
