#include "harness/run/play.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <thread>

#include "harness/lab/lab.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/fault_clock.hpp"
#include "harness/run/firmware.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/print.hpp"
#include "journal/journal.hpp"
#include "sim/fleet.hpp"

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {

using ProgressSink = std::function<void(const ProgressCounts&)>;

constexpr auto kSettledLook = 5ms;  // how often the runner looks whether the scenario has settled
constexpr auto kPoliteStop = 2s;

unsigned half_the_cores() {
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

/// Raises the soft limit to the hard one; the number of descriptors that may be open.
rlim_t descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

/// `on_refused` is only called where a rule closes ports.
LabConfig lab_config(const PlayRequest& request, const Plan& plan, const fault::Engine& faults,
                     Refusals::Sink on_refused) {
  LabConfig config;
  config.faults = &faults;
  config.settings = request.scenario.lab;
  config.endorse_key = request.endorse_key;
  config.device_keys = request.device_keys;
  config.shards = half_the_cores();
  config.cameras = plan.cameras;
  if (!plan.faults.port_windows.empty()) config.on_refused = std::move(on_refused);
  return config;
}

sim::FleetConfig fleet_config(const language::Scenario& scenario, const Plan& plan, RunningLab& lab,
                              const fault::Engine& faults) {
  sim::FleetConfig config;
  config.faults = &faults;
  config.on_sim_swapped = [&lab](CameraId camera, const Imsi& imsi) { lab.swap_sim(camera.value(), imsi); };
  config.camera.seed = plan.seeds.cameras;
  config.camera.endorse_url = lab.endpoints().endorse_url;
  config.camera.keys_url = lab.endpoints().keys_url;
  config.camera.config_url = lab.endpoints().config_url;
  config.camera.ca_pem = lab.endpoints().ca_pem;
  apply_firmware(scenario.cameras.firmware, config.camera);
  config.network_time = &lab.clock();
  return config;
}

struct Ending {
  std::string reason;
  std::string detail;
};

/// Waits until the scenario is over.
Ending wait_for_end(const language::Scenario& scenario, const RunningLab& lab, const sim::Fleet& fleet,
                    FaultClock& fault_clock, SteadyClock::time_point origin, const ProgressSink& progress) {
  for (;;) {
    const bool signalled = Interrupt::wait_for(kSettledLook);
    const auto now = SteadyClock::now();
    fault_clock.work(now);
    const auto counts = fleet.counts();
    const auto elapsed = now - origin;
    if (signalled) return {"interrupted", Interrupt::name()};
    if (auto trouble = lab.trouble(); !trouble.empty()) return {"infra", std::move(trouble)};
    if (scenario.run_for) {
      if (elapsed >= *scenario.run_for) return {"run_for", ""};
    } else if (fault_clock.over(now, counts.settled())) {
      return {"settled", ""};
    }
    if (elapsed >= scenario.timeout) return {"timeout", ""};
    progress({counts.planned, counts.started, counts.online, counts.gave_up});
  }
}

/// What one scenario is played with, decided before it starts.
struct Playing {
  const PlayRequest& request;
  const Plan& plan;
  journal::Journal& journal;
  fault::Engine& faults;
  FaultClock& fault_clock;
};

FaultClock::FaultTargets fault_targets(RunningLab& lab, sim::Fleet& fleet) {
  FaultClock::FaultTargets targets;
  targets.lab = [&lab](const fault::Rule& rule, std::uint32_t camera) { lab.carry_out(rule, camera); };
  targets.fleet = [&fleet](const fault::Rule& rule, std::uint32_t camera) { fleet.carry_out(rule, CameraId(camera)); };
  targets.set_ports = [&lab](const std::vector<ListenerId>& listeners, PortState state) {
    lab.set_ports(listeners, state);
  };
  targets.witness = lab.refusal_witness();
  return targets;
}

/// Why the scenario cannot be played with so few descriptors; empty: it can.
std::string too_few_descriptors(const Plan& plan) {
  const auto needed = plan.descriptors.total();
  const auto limit = descriptor_limit();
  if (limit >= needed) return {};
  return fmt::format("{} cameras need {} file descriptors in one process, but the limit is {} (ulimit -Hn)",
                     plan.cameras.size(), needed, limit);
}

/// Lab, fleet, end, teardown. What it returns is a trouble of the lab that the journal does not tell; empty: none.
std::string play_into(const Playing& playing, const ProgressSink& progress) {
  auto& [request, plan, journal, faults, fault_clock] = playing;
  auto lane = journal.lane();
  const auto infra = [&lane](const std::string& why) {
    lane.append(journal::Source::run, 0, "", journal::RunEnded{"infra", why});
    return why;
  };
  if (const auto why = too_few_descriptors(plan); !why.empty()) return infra(why);
  const auto on_refused = [&clock = fault_clock](const RefusedConnection& connection) { clock.refused(connection); };
  auto started = RunningLab::start(lab_config(request, plan, faults, on_refused), journal);
  if (!started) return infra("the lab did not start: " + started.error().text());
  RunningLab& lab = **started;
  ShardSet shards(half_the_cores(), "fl-cameras");
  shards.start();
  {
    sim::Fleet fleet(shards, journal, fleet_config(request.scenario, plan, lab, faults), plan.cameras);
    // Ports that are closed from the start must be so before the first camera, and what happens to cameras at time 0
    // must find them switched on.
    fault_clock.start(SteadyClock::now(), journal.epoch(), journal.lane(), fault_targets(lab, fleet));
    const auto origin = fleet.start();
    auto ending = wait_for_end(request.scenario, lab, fleet, fault_clock, origin, progress);
    // Firings may be missing then, and with them a rule's proof and whom the faults met.
    if (const auto lost = lab.lost_refusals();
        !lost.empty() && ending.reason != "infra" && ending.reason != "interrupted")
      ending = {"infra", lost};
    lane.append(journal::Source::run, 0, "", journal::RunEnded{ending.reason, ending.detail});
    fleet.stop_politely(kPoliteStop);
  }
  shards.stop();
  const auto stopped = lab.stop();
  return stopped ? "" : stopped.error().text();
}

}  // namespace

std::string play(const PlayRequest& request, const std::function<void(const ProgressCounts&)>& progress) {
  const auto plan = make_plan(request.scenario, {request.seed, SeedOrigin::command_line});  // the parent chose it
  fault::Engine faults(plan.seeds.faults, plan.scenario, request.scenario.cameras.count, plan.faults.rules);
  FaultClock fault_clock(faults, plan.faults);
  auto observer = [&fault_clock, narrate = request.narrate](const journal::Event& e) {
    fault_clock.observe(e);
    if (narrate) print_to(stderr, "{}\n", journal::narrate(e));
  };
  auto opened = journal::Journal::open(request.journal_file, request.header, std::move(observer));
  if (!opened) return opened.error().text();
  auto& journal = **opened;
  auto trouble = play_into({request, plan, journal, faults, fault_clock}, progress);
  journal.close();
  if (const auto failure = journal.failure()) return failure->text();
  return trouble;
}

}  // namespace firstlight::harness
