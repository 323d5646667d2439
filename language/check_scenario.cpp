// What only the whole scenario can contradict about its end, its arrivals and its expectations. What contradicts one
// expectation is that expectation's own (Expectation::contradictions).
#include <map>

#include "language/arrival.hpp"
#include "language/language.hpp"
#include "language/scenario_checker.hpp"

namespace firstlight::language {

namespace {

void check_run_for(const ValidatedKeys& keys, const Scenario& scenario, ScenarioChecker& checker) {
  if (!keys.has("run_for") || !keys.has("timeout") || *scenario.run_for <= scenario.timeout) return;
  checker.report(keys.node("run_for"),
                 fmt::format("run_for {} is longer than the timeout of {}, so the scenario can only fail",
                             format_duration(*scenario.run_for), format_duration(scenario.timeout)));
}

void check_arrivals(const ValidatedKeys& keys, const Scenario& scenario, ScenarioChecker& checker) {
  const auto ceiling = checker.end();
  const auto count = scenario.cameras.count;
  const double last = nominal_start_seconds(scenario.cameras.arrive, count - 1);
  if (!ceiling || last < std::chrono::duration<double>(ceiling->at).count()) return;
  const Node& cameras = keys.node("cameras");
  const Node* arrive = cameras.find("arrive");
  checker.report(arrive ? *arrive : cameras,
                 fmt::format("camera {} would start after {:.1f}s, beyond {}", count, last, ceiling->name));
}

/// Expectations that bound the same thing: the second one is reported.
class Twice {
 public:
  void check(const ExpectItem& item, const Node& key, ScenarioChecker& checker) {
    const auto subjects = item.what->subjects();
    std::size_t earlier = 0;  // the first line that has one of the subjects
    for (const auto& subject : subjects)
      if (const auto known = lines_.find({item.kind, subject}); known != lines_.end())
        earlier = earlier == 0 ? known->second : std::min(earlier, known->second);
    for (const auto& subject : subjects) lines_.try_emplace({item.kind, subject}, item.at.line);
    if (earlier != 0)
      checker.report(key, fmt::format("{} is expected twice; line {} has it already", key.text, earlier));
  }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> lines_;  // by kind and subject
};

bool check_expectations(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario) {
  const auto& nodes = keys.node("expect").items;
  bool sound = true;
  Twice twice;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& [key, value] = nodes[i]->entries.front();
    ScenarioChecker checker(context, keys, scenario, *value);
    scenario.expect[i].what->contradictions(checker);
    twice.check(scenario.expect[i], *key, checker);
    sound = checker.sound() && sound;
  }
  return sound;
}

}  // namespace

bool check_scenario(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario) {
  ScenarioChecker checker(context, keys, scenario, keys.map);
  check_run_for(keys, scenario, checker);
  if (keys.has("cameras")) check_arrivals(keys, scenario, checker);
  const bool expectations = !keys.has("expect") || check_expectations(context, keys, scenario);
  return checker.sound() && expectations;
}

}  // namespace firstlight::language
