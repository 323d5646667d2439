#include "harness/cli/lab_faults.hpp"

#include "harness/cli/cli.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/plan.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness::cli {

std::unique_ptr<LabFaults> LabFaults::load(const std::string& path) {
  auto loaded = language::load_scenario_file(path, judge::vocabulary());
  if (loaded) {
    std::unique_ptr<LabFaults> faults(new LabFaults(std::move(*loaded.scenario)));
    if (with_own_destination(faults->engine_.rules()).empty()) return faults;
    complain(path +
             ": \"refuse\" for some cameras needs simulated ones, which can have a destination address of their "
             "own; real ones all come to one port. Leave \"cameras\" out; the lab was not started");
    return nullptr;
  }
  write_to(stderr, render(loaded.diagnostics));
  complain(path + ": not a scenario; the lab was not started");
  return nullptr;
}

LabFaults::LabFaults(language::Scenario scenario)
    : scenario_(std::move(scenario)),
      seed_(scenario_.seed.value_or(1)),
      engine_(seed_, scenario_.name, scenario_.cameras.count, plan_faults(scenario_, seed_)) {}

void LabFaults::configure(LabConfig& config) const {
  config.faults = &engine_;
  config.settings = scenario_.lab;
  for (const auto& camera : make_plan(scenario_, seed_).cameras)
    config.sims.push_back({camera.address, camera.id.value()});
}

void LabFaults::start(RunningLab& lab, const journal::Journal& journal, journal::Lane lane) {
  FaultClock::FaultTargets targets;
  targets.lab = [&lab](const fault::Rule& rule, std::uint32_t camera) { lab.carry_out(rule, camera); };
  targets.fleet = [](const fault::Rule&, std::uint32_t) {};  // nobody can switch a real camera off from here
  targets.set_ports = [&lab](const std::vector<ListenerId>& listeners, PortState state) {
    lab.set_ports(listeners, state);
  };
  clock_.start(SteadyClock::now(), journal.epoch(), std::move(lane), std::move(targets));
  work();
}

}  // namespace firstlight::harness::cli
