// What does it cost that anything could break? Nanoseconds of a consult at a fault point: without rules, with rules at
// other points, with a rule for others, with a rule that fires.
// `--share MS` prints, as JSON, what all of a camera's consults cost where no rule applies, as a share of the floor of
// MS milliseconds a camera that `bench_floor --floor` prints.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "fault/engine.hpp"
#include "fault/plans.hpp"

using namespace firstlight;

namespace {

constexpr std::uint32_t kCameras = 1000;

/// Where one camera consults on its way online, at its first attempt. It reads its keys, its configuration and its
/// token over one connection each, and the edge asks for its certificate once.
struct Consults {
  std::string_view where;
  unsigned count;
};
constexpr Consults kOnTheWay[] = {{"attach", 1},
                                  {"link", 4},
                                  {"tls", 4},
                                  {"http", 3},
                                  {"endorse.token", 1},
                                  {"config_api.body", 1},
                                  {"config_api.certificate", 1},
                                  {"iot.register", 1},
                                  {"iot.certificate", 1},
                                  {"iot.verify", 1},
                                  {"mqtt", 1},
                                  {"camera", 1}};
unsigned consults_a_camera() {
  unsigned sum = 0;
  for (const auto& c : kOnTheWay) sum += c.count;
  return sum;
}

fault::Rule rule(std::string id, std::string_view at, std::string_view effect) {
  const auto* point = fault::find_point(at);
  fault::Rule r;
  r.id = std::move(id);
  r.at = at;
  r.points = point->points;
  r.effect = point->find(effect);
  for (const auto& p : r.effect->parameters)
    r.arguments.set(p.name, std::get<fault::Value>(fault::parse_value(p, p.fallback)));
  r.cameras.assign(kCameras + 1, true);
  return r;
}

std::vector<fault::Rule> rules_elsewhere() {
  std::vector<fault::Rule> rules;
  for (int i = 0; i < 8; ++i) rules.push_back(rule(fmt::format("token-{}", i), "endorse.token", "expired"));
  return rules;
}

/// A request to the config API: the same camera again and again, at its first attempt.
void ask(benchmark::State& state, const fault::Engine& engine) {
  for (auto _ : state) {
    fault::HttpPlan plan;
    benchmark::DoNotOptimize(engine.edit(plan, fault::Point::config_api_http, 7, 1));
    benchmark::DoNotOptimize(plan);
  }
}

void look_without_rules(benchmark::State& state) {
  const fault::Engine engine;
  for (auto _ : state) {
    benchmark::DoNotOptimize(&engine);
    benchmark::DoNotOptimize(engine.watches(fault::Point::config_api_http));
    benchmark::ClobberMemory();
  }
}
void consult_without_rules(benchmark::State& state) {
  ask(state, fault::Engine{});
}
void consult_with_rules_elsewhere(benchmark::State& state) {
  ask(state, fault::Engine(1, "bench", kCameras, rules_elsewhere()));
}
void consult_with_a_rule_for_others(benchmark::State& state) {
  std::vector rules{rule("empty", "config_api.http", "empty")};
  rules[0].cameras[7] = false;
  ask(state, fault::Engine(1, "bench", kCameras, std::move(rules)));
}
void consult_with_a_rule_that_draws(benchmark::State& state) {
  std::vector rules{rule("empty", "config_api.http", "empty")};
  rules[0].probability = 0.5;
  ask(state, fault::Engine(1, "bench", kCameras, std::move(rules)));
}
void consult_with_a_rule_that_fires(benchmark::State& state) {
  ask(state, fault::Engine(1, "bench", kCameras, {rule("empty", "config_api.http", "empty")}));
}
BENCHMARK(look_without_rules);
BENCHMARK(consult_without_rules);
BENCHMARK(consult_with_rules_elsewhere);
BENCHMARK(consult_with_a_rule_for_others);
BENCHMARK(consult_with_a_rule_that_draws);
BENCHMARK(consult_with_a_rule_that_fires);

double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

int print_share(double floor_ms) {
  constexpr int kRounds = 2'000'000;
  const fault::Engine engine(1, "bench", kCameras, rules_elsewhere());
  const double before = cpu_seconds();
  for (int i = 0; i < kRounds; ++i) {
    fault::HttpPlan plan;
    benchmark::DoNotOptimize(engine.edit(plan, fault::Point::config_api_http, 7, 1));
    benchmark::DoNotOptimize(plan);
  }
  const double ns = (cpu_seconds() - before) * 1e9 / kRounds;
  const double us_a_camera = ns * consults_a_camera() / 1000;
  fmt::print(
      "{{\"consults_per_camera\": {}, \"ns_per_consult\": {:.1f}, \"us_per_camera\": {:.3f}, \"floor_ms_per_camera\": "
      "{}, "
      "\"share\": {:.6f}}}\n",
      consults_a_camera(), ns, us_a_camera, floor_ms, us_a_camera / 1000 / floor_ms);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--share") == 0) {
    const double floor_ms = std::atof(argv[2]);
    if (floor_ms > 0) return print_share(floor_ms);
    fmt::print(stderr, "--share takes the floor in milliseconds a camera, as bench_floor --floor prints it\n");
    return 4;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
