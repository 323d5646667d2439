// Whatever the text: the loader ends, never throws, and gives either a scenario or diagnostics that can be printed. A
// scenario that it accepts can be planned, and its saved source gives it again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/plan/plan.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

using namespace firstlight;
using namespace firstlight::harness;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = language::load_scenario(text, "fuzz.yaml", judge::vocabulary());
  require(loaded.scenario.has_value() == loaded.diagnostics.empty());
  const auto shown = render(loaded.diagnostics);
  require(shown.size() < 100'000);
  if (!loaded) return 0;

  const auto& scenario = *loaded.scenario;
  require(scenario.cameras.count >= 1 && scenario.cameras.count <= language::kMaxCameras && !scenario.expect.empty());
  const auto plan = make_plan(scenario, choose_seed({}, scenario.seed, 1));
  require(plan.cameras.size() == scenario.cameras.count);
  Duration before{0};
  for (const auto& camera : plan.cameras) {
    require(camera.start_after >= before);
    before = std::chrono::duration_cast<Duration>(camera.start_after);
  }
  require(!render_plan(scenario, plan, scenario.name).empty());
  require(language::load_scenario(scenario.source, "again.yaml", judge::vocabulary()).scenario.has_value());
  return 0;
}
