#include "harness/run/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/crypto.hpp"
#include "fakes/endorse/keys.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/end_note.hpp"
#include "harness/run/interrupt.hpp"
#include "journal/journal.hpp"
#include "wire/x509.hpp"

namespace firstlight::harness {

namespace {

constexpr std::size_t kDeviceKeys = 16;  // a second or two of one core, once a run

bool gives_rsa_keys(const language::Scenario& scenario) {
  return scenario.lab.certificate_key == language::DeviceKeyKind::rsa_2048;
}

std::vector<Secret> make_rsa_keys(std::size_t count) {
  const CryptoContext crypto;
  std::vector<Secret> keys;
  while (keys.size() < count && !Interrupt::raised())
    keys.emplace_back(wire::private_key_pem(wire::generate_key(crypto, wire::KeyKind::rsa_2048).get()));
  return keys;
}

/// Looks, and does not wait.
bool is_there(const std::shared_future<std::vector<Secret>>& keys) {
  return keys.valid() && keys.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

WallTime RunContext::started() const {
  return parse_rfc3339(started_at).value_or(WallTime{});
}

RunKeys make_keys(const std::vector<Play>& plays) {
  RunKeys keys;
  std::size_t played = 0, cameras = 0;
  for (const auto& play : plays) {
    if (!play.scenario->skip.empty()) continue;
    ++played;
    if (gives_rsa_keys(*play.scenario)) cameras += play.scenario->cameras.count;
  }
  if (played < 2) return keys;
  keys.endorse = std::async(std::launch::async, [] {
    const CryptoContext crypto;
    return fakes::endorse::make_signing_key(crypto).private_pem;
  });
  const auto wanted = std::min(cameras, kDeviceKeys);
  if (wanted > 0) keys.devices = std::async(std::launch::async, make_rsa_keys, wanted);
  return keys;
}

std::vector<Play> make_plays(const std::vector<language::Scenario>& scenarios, std::uint64_t run_seed,
                             const RunOptions& options) {
  std::vector<Play> plays;
  for (const auto& scenario : scenarios) {
    const auto seed = choose_seed(options.seed, scenario.seed, run_seed);
    for (std::uint32_t k = 1; k <= options.repeat; ++k)
      plays.push_back({&scenario,
                       repeat_name(scenario.name, k, options.repeat),
                       plays.size(),
                       {repeat_seed(seed.value, k), seed.origin},
                       options.defects});
  }
  return plays;
}

std::vector<language::Scenario> with_stretched_timeouts(std::vector<language::Scenario> scenarios, double multiplier) {
  for (auto& scenario : scenarios) scenario.timeout = stretch(scenario.timeout, multiplier);
  return scenarios;
}

std::string journal_name(const Play& play, unsigned attempt) {
  return play.name + (attempt > 1 ? fmt::format(".retry{}", attempt - 1) : "") + "/journal.jsonl";
}

PlayRequest prepare(const Play& play, unsigned attempt, const RunContext& run) {
  const auto& options = run.options;
  PlayRequest request;
  request.scenario = *play.scenario;
  request.seed = play.seed.value;
  request.defects = play.defects;
  request.journal_file = run.folder.path + "/" + journal_name(play, attempt);
  std::error_code ec;  // what cannot be made, the journal will complain of
  std::filesystem::create_directory(std::filesystem::path(request.journal_file).parent_path(), ec);
  request.header = {{"version", FIRSTLIGHT_VERSION},
                    {"run",
                     {{"id", run.folder.id},
                      {"seed", run.seed},
                      {"started_at", run.started_at},
                      {"flaky", options.flaky_fails ? "fail" : "pass"},
                      {"timeout_multiplier", options.timeout_multiplier},
                      {"shard", options.part ? options.part->text() : ""}}},
                    {"play", {{"name", play.name}, {"index", play.index}, {"attempt", attempt}}},
                    {"seed", play.seed.value},
                    {"defects", fault::names_of(play.defects)},
                    {"scenario", {{"file", play.scenario->file}, {"source", play.scenario->source}}}};
  request.narrate = options.verbosity == Verbosity::verbose;
  const auto& keys = run.keys;
  if (keys.endorse.valid()) request.endorse_key = keys.endorse.get();
  if (gives_rsa_keys(*play.scenario) && is_there(keys.devices)) request.device_keys = keys.devices.get();
  return request;
}

reports::ScenarioReport assess(const Play& play, unsigned attempt, const RunContext& run, const PlayEnd& end) {
  const auto name = journal_name(play, attempt);
  const auto file = run.folder.path + "/" + name;
  keep_end(file, end);
  const auto saved = journal::read_journal(file);
  static const std::vector<journal::Event> kNone;
  const auto& events = saved ? saved->events : kNone;
  auto outcome = judge_ended(*play.scenario, play.seed.value, events, with_state_of(saved, end));
  if (saved) outcome.started_at = saved->header.value("started_at", "");
  outcome.repro = repro_line(play.scenario->file, play.seed.value, run.options.timeout_multiplier, play.defects);
  auto report = reports::describe(*play.scenario, outcome, events);
  report.name = play.name;
  report.bug = end.bug;
  report.journal = name;
  return report;
}

}  // namespace firstlight::harness
