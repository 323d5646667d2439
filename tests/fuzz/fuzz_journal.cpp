// A saved journal, damaged or made up: it is refused, or judged by a scenario that expects everything there is to
// expect, and what comes out can be written as a report and read again.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "journal/journal.hpp"
#include "judge/verdict.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"
#include "reports/run_report.hpp"

using namespace firstlight;

namespace {

constexpr const char* kScenario = R"(name: all
summary: Everything that can be expected.
timeout: 60s
cameras: {count: 3}
faults:
  - {id: broken, at: endorse.http, inject: {status: 500}, attempts: first 2}
expect:
  - online: {cameras: all, within: 10s}
  - latency: {stage: total, p99: "< 5s"}
  - latency: {stage: config, p50: "< 1s"}
  - refused: {by: broker, reason: certificate-expired, cameras: 1}
  - refused: {by: camera, reason: token-signature, cameras: all}
  - attempts: {stage: mqtt_connect, at_least: 1, at_most: 9}
  - attempts: {to: config_api, at_most: 3}
  - backoff: {stage: endorse, kind: exponential, jitter: true, at_least: 100ms, at_most: 20s}
  - never: {event: mqtt_published, before: {event: mqtt_subscribed}}
  - order: {events: [token_issued, token_accepted, mqtt_connected]}
  - recovers: {cameras: all, within: 10s}
  - store: {valid: all}
  - no_secret_leaked: true
)";

const language::Scenario& scenario() {
  static const auto loaded = language::load_scenario(kScenario, "all.yaml", judge::vocabulary());
  if (!loaded) {
    fputs(decode::render(loaded.diagnostics).c_str(), stderr);
    std::abort();
  }
  return *loaded.scenario;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream file(std::string(reinterpret_cast<const char*>(data), size));
  const auto saved = journal::read_journal(file, "x.jsonl");
  if (!saved) return 0;
  const auto outcome = judge::judge(scenario(), 1, saved->events, "");
  reports::RunReport run;
  run.started_at = "2026-11-24T10:00:00Z";
  run.scenarios.push_back(reports::describe(scenario(), outcome, saved->events));
  if (reports::to_junit(run).empty() || reports::summary(run, true).empty()) std::abort();
  static_cast<void>(reports::to_github(run));  // empty when all is well
  const auto json = reports::to_json(run);
  if (reports::from_json(json, "x.json").scenarios.at(0).verdict != outcome.verdict) std::abort();
  return 0;
}
