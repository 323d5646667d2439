#include "harness/run/play.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <thread>

#include "harness/lab/lab.hpp"
#include "harness/plan/faults.hpp"
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
constexpr std::uint32_t kDescriptorsPerCamera = 3;  // the camera's socket, the edge's, the edge's to Mosquitto
constexpr std::uint32_t kDescriptorsOfLab = 200;

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

LabConfig lab_config(const PlayRequest& request, const Plan& plan, const fault::Engine& faults) {
  LabConfig config;
  config.faults = &faults;
  config.settings = request.scenario.lab;
  config.endorse_key = request.endorse_key;
  config.device_keys = request.device_keys;
  config.shards = half_the_cores();
  for (const auto& camera : plan.cameras) config.sims.push_back({camera.address, camera.id.value()});
  for (const auto camera : with_own_destination(faults.rules()))
    config.sims[camera - 1].destination = destination_address(CameraId(camera));
  return config;
}

sim::FleetConfig fleet_config(const language::Scenario& scenario, std::uint64_t seed, RunningLab& lab,
                              const fault::Engine& faults) {
  sim::FleetConfig config;
  config.faults = &faults;
  config.on_sim_swapped = [&lab](CameraId camera, const Imsi& imsi) { lab.swap_sim(camera.value(), imsi); };
  config.camera.seed = seed;
  config.camera.endorse_url = lab.endpoints().endorse_url;
  config.camera.keys_url = lab.endpoints().keys_url;
  config.camera.config_url = lab.endpoints().config_url;
  config.camera.ca_pem = lab.endpoints().ca_pem;
  apply_firmware(scenario.cameras.firmware, config.camera);
  config.network_time = &lab.clock();
  return config;
}

std::vector<sim::PlannedCamera> planned_cameras(const Plan& plan, const fault::Engine& faults) {
  std::vector<sim::PlannedCamera> cameras;
  cameras.reserve(plan.cameras.size());
  for (const auto& camera : plan.cameras)
    cameras.push_back({camera.id, camera.address, fakes::derive_sim(camera.address).imsi, camera.start});
  for (const auto camera : with_own_destination(faults.rules()))
    cameras[camera - 1].destination = destination_address(CameraId(camera));
  return cameras;
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

/// Lab, fleet, end, teardown. What it returns is a trouble of the lab that the journal does not tell; empty: none.
std::string play_into(const PlayRequest& request, journal::Journal& journal, fault::Engine& faults,
                      FaultClock& fault_clock, const ProgressSink& progress) {
  auto say = journal.lane();
  const auto& scenario = request.scenario;
  const auto plan = make_plan(scenario, request.seed);
  const auto needed = scenario.cameras.count * kDescriptorsPerCamera +
                      with_own_destination(faults.rules()).size() * fault::kLinks.size() + kDescriptorsOfLab;
  if (const auto limit = descriptor_limit(); limit < needed) {
    const auto why = fmt::format("{} cameras need {} file descriptors in one process, but the limit is {} (ulimit -Hn)",
                                 scenario.cameras.count, needed, limit);
    say.append(journal::Source::run, 0, "", journal::RunEnded{"infra", why});
    return why;
  }
  auto started = RunningLab::start(lab_config(request, plan, faults), journal);
  if (!started) {
    const auto why = "the lab did not start: " + started.error().text();
    say.append(journal::Source::run, 0, "", journal::RunEnded{"infra", why});
    return why;
  }
  RunningLab& lab = **started;
  ShardSet shards(half_the_cores(), "fl-cameras");
  shards.start();
  {
    sim::Fleet fleet(shards, journal, fleet_config(scenario, request.seed, lab, faults), planned_cameras(plan, faults));
    FaultClock::FaultTargets targets;
    targets.lab = [&lab](const fault::Rule& rule, std::uint32_t camera) { lab.carry_out(rule, camera); };
    targets.fleet = [&fleet](const fault::Rule& rule, std::uint32_t camera) {
      fleet.carry_out(rule, CameraId(camera));
    };
    targets.set_ports = [&lab](const std::vector<ListenerId>& listeners, PortState state) {
      lab.set_ports(listeners, state);
    };
    // Ports that are closed from the start must be so before the first camera, and what happens to cameras at time 0
    // must find them switched on.
    fault_clock.start(SteadyClock::now(), journal.epoch(), journal.lane(), std::move(targets));
    const auto origin = fleet.start();
    const auto ending = wait_for_end(scenario, lab, fleet, fault_clock, origin, progress);
    say.append(journal::Source::run, 0, "", journal::RunEnded{ending.reason, ending.detail});
    fleet.stop_politely(kPoliteStop);
  }
  shards.stop();
  const auto stopped = lab.stop();
  return stopped ? "" : stopped.error().text();
}

}  // namespace

std::string play(const PlayRequest& request, const std::function<void(const ProgressCounts&)>& progress) {
  fault::Engine faults(request.seed, request.scenario.name, request.scenario.cameras.count,
                       plan_faults(request.scenario, request.seed));
  FaultClock fault_clock(faults);
  auto observer = [&fault_clock, narrate = request.narrate](const journal::Event& e) {
    fault_clock.observe(e);
    if (narrate) print_to(stderr, "{}\n", journal::narrate(e));
  };
  auto opened = journal::Journal::open(request.journal_file, request.header, std::move(observer));
  if (!opened) return opened.error().text();
  auto& journal = **opened;
  auto trouble = play_into(request, journal, faults, fault_clock, progress);
  journal.close();
  if (const auto failure = journal.failure()) return failure->text();
  return trouble;
}

}  // namespace firstlight::harness
