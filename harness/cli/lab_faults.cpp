#include "harness/cli/lab_faults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/cli.hpp"
#include "harness/run/runner.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness::cli {

std::unique_ptr<LabFaults> LabFaults::load(const std::string& path, std::optional<std::uint64_t> given) {
  auto loaded = language::load_scenario_file(path, judge::vocabulary());
  if (loaded) {
    const auto seed = choose_seed(given, loaded.scenario->seed, draw_run_seed());
    std::unique_ptr<LabFaults> faults(new LabFaults(std::move(*loaded.scenario), seed));
    if (faults->plan_.faults.own_destination.empty()) return faults;
    complain(path +
             ": \"refuse\" for some cameras needs simulated ones, which can have a destination address of their "
             "own; real ones all come to one port. Leave \"cameras\" out; the lab was not started");
    return nullptr;
  }
  write_to(stderr, render(loaded.diagnostics));
  complain(path + ": not a scenario; the lab was not started");
  return nullptr;
}

LabFaults::LabFaults(language::Scenario scenario, const Seed& seed)
    : scenario_(std::move(scenario)),
      plan_(make_plan(scenario_, seed)),
      engine_(plan_.seeds.faults, plan_.scenario, scenario_.cameras.count, plan_.faults.rules) {}

std::vector<std::string> LabFaults::idle_rules() const {
  std::vector<std::string> ids;
  for (const auto& rule : plan_.faults.rules)
    if (needs_simulated_cameras(rule)) ids.push_back(rule.id);
  return ids;
}

std::vector<std::string> LabFaults::remarks(const RunningLab& lab) const {
  std::vector<std::string> all;
  for (const auto& rule : plan_.faults.rules) {
    const auto remark = [&](std::string_view what) {
      all.push_back(fmt::format("rule {}: {} at {} {}", rule.id, rule.effect->name, rule.at, what));
    };
    if (needs_simulated_cameras(rule)) remark("does nothing here: it needs simulated cameras");
    if (!closes_ports(rule)) continue;
    if (lab.refusal_witness() == RefusalWitness::kernel)
      remark("cannot be proven for devices that are not on this machine: their refused connections do not show here");
    else
      remark("cannot be proven: this kernel does not show refused connections");
  }
  return all;
}

void LabFaults::configure(LabConfig& config) {
  config.faults = &engine_;
  config.settings = scenario_.lab;
  config.cameras = plan_.cameras;
  if (!plan_.faults.port_windows.empty())
    config.on_refused = [this](const RefusedConnection& connection) { clock_.refused(connection); };
}

void LabFaults::start(RunningLab& lab, const journal::Journal& journal, journal::Lane lane) {
  FaultClock::FaultTargets targets;
  targets.lab = [&lab](const fault::Rule& rule, std::uint32_t camera) { lab.carry_out(rule, camera); };
  targets.fleet = [](const fault::Rule&, std::uint32_t) {};  // nobody can switch a real camera off; see remarks()
  targets.set_ports = [&lab](const std::vector<ListenerId>& listeners, PortState state) {
    lab.set_ports(listeners, state);
  };
  targets.witness = lab.refusal_witness();
  clock_.start(SteadyClock::now(), journal.epoch(), std::move(lane), std::move(targets));
  work();
}

}  // namespace firstlight::harness::cli
