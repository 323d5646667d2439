#include "harness/run/runner.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <thread>

#include "harness/lab/lab.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/scenario/loader.hpp"
#include "journal/journal.hpp"
#include "sim/fleet.hpp"

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {

constexpr auto kLook = 5ms;  // how often the runner looks whether the scenario has settled
constexpr auto kPoliteStop = 2s;
constexpr std::uint32_t kDescriptorsPerCamera = 3;  // the camera's socket, the edge's, the edge's to Mosquitto
constexpr std::uint32_t kDescriptorsOfLab = 200;

unsigned half_the_cores() {
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

std::string now_text() {
  return format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()), true);
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

LabConfig lab_config(const Scenario& scenario, const Plan& plan) {
  LabConfig config;
  config.settings = scenario.lab;
  config.shards = half_the_cores();
  for (const auto& camera : plan.cameras) config.sims.push_back({camera.address, camera.id.value()});
  return config;
}

sim::FleetConfig fleet_config(const Scenario& scenario, std::uint64_t seed, const RunningLab& lab) {
  const auto& firmware = scenario.cameras.firmware;
  sim::FleetConfig config;
  config.camera.seed = seed;
  config.camera.endorse_url = lab.endpoints().endorse_url;
  config.camera.keys_url = lab.endpoints().keys_url;
  config.camera.config_url = lab.endpoints().config_url;
  config.camera.ca_pem = lab.endpoints().ca_pem;
  config.camera.retry.base = firmware.retry.base;
  config.camera.retry.cap = firmware.retry.cap;
  config.camera.retry.jitter = firmware.retry.jitter == Jitter::full ? sim::Jitter::full : sim::Jitter::none;
  config.camera.retry.give_up_after = firmware.retry.give_up_after;
  config.camera.clock.start = firmware.clock.start;
  config.camera.clock.sync = firmware.clock.sync == ClockSync::network_time ? sim::ClockModel::Sync::network_time
                                                                            : sim::ClockModel::Sync::none;
  config.camera.mqtt_version = firmware.mqtt == MqttVersion::v5 ? wire::mqtt::Version::v5 : wire::mqtt::Version::v3_1_1;
  config.camera.firmware_version = firmware.version;
  config.network_time = &lab.clock();
  return config;
}

std::vector<sim::PlannedCamera> planned_cameras(const Plan& plan) {
  std::vector<sim::PlannedCamera> cameras;
  cameras.reserve(plan.cameras.size());
  for (const auto& camera : plan.cameras)
    cameras.push_back({camera.id, camera.address, fakes::derive_sim(camera.address).imsi, camera.start});
  return cameras;
}

struct Ending {
  std::string reason;
  std::string detail;
};

/// Waits until the scenario is over.
Ending wait_for_end(const Scenario& scenario, const RunningLab& lab, const sim::Fleet& fleet,
                    SteadyClock::time_point origin, Progress& progress) {
  for (;;) {
    const bool signalled = Interrupt::wait_for(kLook);
    const auto counts = fleet.counts();
    const auto elapsed = SteadyClock::now() - origin;
    if (signalled) return {"interrupted", Interrupt::name()};
    if (auto trouble = lab.trouble(); !trouble.empty()) return {"infra", std::move(trouble)};
    if (scenario.run_for) {
      if (elapsed >= *scenario.run_for) return {"run_for", ""};
    } else if (counts.settled()) {
      return {"settled", ""};
    }
    if (elapsed >= scenario.timeout) return {"timeout", ""};
    progress.update({counts.planned, counts.started, counts.online, counts.gave_up});
  }
}

/// Lab, fleet, end, teardown. What it returns is a trouble of the lab that the journal does not tell; empty: none.
std::string play(const Scenario& scenario, std::uint64_t seed, journal::Journal& journal, Progress& progress) {
  auto say = journal.lane();
  const auto plan = make_plan(scenario, seed);
  const auto needed = scenario.cameras.count * kDescriptorsPerCamera + kDescriptorsOfLab;
  if (const auto limit = descriptor_limit(); limit < needed) {
    const auto why = fmt::format("{} cameras need {} file descriptors in one process, but the limit is {} (ulimit -Hn)",
                                 scenario.cameras.count, needed, limit);
    say.append(journal::Source::run, 0, "", journal::RunEnded{"infra", why});
    return why;
  }
  auto started = RunningLab::start(lab_config(scenario, plan), journal);
  if (!started) {
    const auto why = "the lab did not start: " + started.error().text();
    say.append(journal::Source::run, 0, "", journal::RunEnded{"infra", why});
    return why;
  }
  RunningLab& lab = **started;
  ShardSet shards(half_the_cores(), "fl-cameras");
  shards.start();
  {
    sim::Fleet fleet(shards, journal, fleet_config(scenario, seed, lab), planned_cameras(plan));
    const auto origin = fleet.start();
    const auto ending = wait_for_end(scenario, lab, fleet, origin, progress);
    say.append(journal::Source::run, 0, "", journal::RunEnded{ending.reason, ending.detail});
    fleet.stop_politely(kPoliteStop);
  }
  shards.stop();
  const auto stopped = lab.stop();
  return stopped ? "" : stopped.error().text();
}

Outcome run_one(const Scenario& scenario, std::uint64_t seed, std::uint64_t run_seed, const RunFolder& folder,
                const std::string& run_started, const RunOptions& options, Progress& progress) {
  const auto path = folder.path + "/" + scenario.name;
  std::error_code ec;
  std::filesystem::create_directory(path, ec);
  const nlohmann::ordered_json header = {{"version", FIRSTLIGHT_VERSION},
                                         {"run", {{"id", folder.id}, {"seed", run_seed}, {"started_at", run_started}}},
                                         {"seed", seed},
                                         {"scenario", {{"file", scenario.file}, {"source", scenario.source}}}};
  journal::Journal::Observer observer;
  if (options.verbosity == Verbosity::verbose)
    observer = [](const journal::Event& e) { fmt::print(stderr, "{}\n", journal::narrate(e)); };
  const auto journal_file = path + "/journal.jsonl";
  auto opened = journal::Journal::open(journal_file, header, std::move(observer));
  if (!opened) return judge(scenario, seed, {}, opened.error().text());
  auto& journal = **opened;
  std::string trouble = play(scenario, seed, journal, progress);
  journal.close();
  if (const auto failure = journal.failure()) return judge(scenario, seed, {}, failure->text());
  auto saved = journal::read_journal(journal_file);
  if (!saved) return judge(scenario, seed, {}, saved.error().text());
  auto outcome = judge(scenario, seed, saved->events, trouble);
  outcome.started_at = saved->header.value("started_at", "");
  return outcome;
}

}  // namespace

std::uint64_t draw_run_seed() {
  std::random_device device;
  return device() % 1'000'000'000U;  // short enough to be typed
}

RunFolder make_run_folder(const std::string& out) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::error_code ec;
  std::filesystem::create_directories(out, ec);
  for (int n = 0; n < 1000; ++n) {
    std::string id;
    for (const char c : format_rfc3339(now).substr(0, 19))
      if (c != '-' && c != ':') id += c == 'T' ? '-' : c;
    if (n > 0) id += fmt::format("-{}", n + 1);
    const auto path = out + "/" + id;
    if (::mkdir(path.c_str(), 0755) == 0) return {id, path};
    if (errno != EEXIST) throw ErrorException(Error(Errc::io_error, path + ": " + std::strerror(errno)));
  }
  throw ErrorException(Error(Errc::io_error, out + ": too many runs within one second"));
}

reports::RunReport run_suite(const std::vector<Scenario>& scenarios, std::uint64_t run_seed, const RunFolder& folder,
                             const RunOptions& options) {
  reports::RunReport report;
  report.id = folder.id;
  report.seed = run_seed;
  report.version = FIRSTLIGHT_VERSION;
  report.started_at = now_text();
  const auto start = SteadyClock::now();
  Progress progress(options.verbosity);
  std::size_t number = 0;
  for (const auto& scenario : scenarios) {
    if (Interrupt::raised()) break;
    progress.scenario_starts(scenario.name, ++number, scenarios.size());
    const auto seed = options.seed ? *options.seed : scenario.seed.value_or(run_seed);
    auto outcome = run_one(scenario, seed, run_seed, folder, report.started_at, options, progress);
    progress.scenario_ends(verdict_name(outcome.verdict), outcome.verdict == Verdict::pass);
    const bool good = outcome.verdict == Verdict::pass;
    report.outcomes.push_back(std::move(outcome));
    if (options.fail_fast && !good) break;
  }
  report.interrupted = Interrupt::raised();
  report.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start).count();
  return report;
}

Rejudged rejudge(const std::string& journal_file) {
  auto saved = journal::read_journal(journal_file);
  if (!saved) throw ErrorException(saved.error());
  const auto& header = saved->header;
  try {
    const auto& from = header.at("scenario");
    const auto loaded = load_scenario(from.at("source").get<std::string>(), from.at("file").get<std::string>());
    if (!loaded)
      throw ErrorException(Error(Errc::invalid_argument, journal_file + ": its scenario is refused by this version:\n" +
                                                             render(loaded.diagnostics)));
    Rejudged out;
    out.outcome = judge(*loaded.scenario, header.at("seed").get<std::uint64_t>(), saved->events, "");
    out.outcome.started_at = header.at("started_at").get<std::string>();
    const auto& run = header.at("run");
    out.run_id = run.at("id").get<std::string>();
    out.run_seed = run.at("seed").get<std::uint64_t>();
    out.run_started_at = run.at("started_at").get<std::string>();
    return out;
  } catch (const nlohmann::json::exception& e) {
    throw ErrorException(
        Error(Errc::invalid_argument, journal_file + ":1: the header is not one of a run: " + e.what()));
  }
}

}  // namespace firstlight::harness
