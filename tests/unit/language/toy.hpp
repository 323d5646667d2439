// An expectation that nobody can judge, and a vocabulary of it alone: the language needs no judge. Used by the tests of
// the loader and the suites.
#pragma once

#include <array>

#include "decode/values.hpp"
#include "language/loader.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"

namespace firstlight::language {

/// `toy: {cameras: 3, within: 30s}`: so many toys.
struct Toy final : Expectation {
  CameraSet cameras;
  std::optional<Duration> within;

  static Decoder<Toy> decoder() {
    return map_decoder<Toy>("toy", {field("cameras", &Toy::cameras, camera_set_decoder(), "How many.").required(),
                                    field("within", &Toy::within, optional_decoder(duration_decoder()), "How soon.")});
  }
  [[nodiscard]] std::string text() const override {
    return MapText().add("cameras", text_of(cameras)).add("within", within).done();
  }
  [[nodiscard]] std::vector<std::string> subjects() const override { return {text_of(cameras)}; }
  void contradictions(ScenarioChecker& scenario) const override {
    scenario.check_set(cameras, "cameras");
    if (scenario.no_fault() && scenario.end() && within && *within > scenario.end()->at)
      scenario.report(scenario.value("within"), "beyond " + scenario.end()->name);
  }
};

inline const Vocabulary& toys() {
  static constexpr auto kToy = kind_of<Toy>("toy", "Toys in time.");
  static constexpr std::array kKinds{&kToy};
  static const Vocabulary kVocabulary(kKinds);
  return kVocabulary;
}

}  // namespace firstlight::language
