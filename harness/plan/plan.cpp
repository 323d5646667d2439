#include "harness/plan/plan.hpp"

#include <cmath>

#include "base/random.hpp"
#include "fakes/context/sims.hpp"
#include "language/arrival.hpp"

namespace firstlight::harness {

boost::asio::ip::address_v4 camera_address(CameraId id) {
  constexpr std::uint32_t kBase = 127U << 24 | 16U << 16;
  return boost::asio::ip::address_v4(kBase + id.value());
}

boost::asio::ip::address_v4 destination_address(CameraId id) {
  constexpr std::uint32_t kBase = 127U << 24 | 48U << 16;
  return boost::asio::ip::address_v4(kBase + id.value());
}

namespace {

/// The gap before a camera, in seconds: exponential with mean 1/rate.
double poisson_gap(const language::Scenario& scenario, std::uint64_t seed, std::uint32_t camera, double per_second) {
  const DrawKey key{seed, camera, "arrive", 1, scenario.name};
  return -std::log1p(-draw_unit(key)) / per_second;
}

}  // namespace

Plan make_plan(const language::Scenario& scenario, const Seed& seed) {
  const auto& fleet = scenario.cameras;
  const auto* poisson = std::get_if<language::ArrivePoisson>(&fleet.arrive);
  Plan plan;
  plan.scenario = scenario.name;
  plan.seeds = {seed, seed.value, seed.value, seed.value};
  plan.faults =
      plan_faults({plan.seeds.faults, scenario.name, fleet.count}, resolve_rules(scenario, plan.seeds.faults));
  plan.descriptors = count_descriptors(scenario, plan.faults);
  plan.cameras.reserve(fleet.count);
  double poisson_start = 0;
  for (std::uint32_t number = 1; number <= fleet.count; ++number) {
    const CameraId id{number};
    if (poisson && number > 1) poisson_start += poisson_gap(scenario, plan.seeds.arrivals, number, poisson->per_second);
    const double start = poisson ? poisson_start : language::nominal_start_seconds(fleet.arrive, number - 1);
    const auto address = camera_address(id);
    plan.cameras.push_back({id, address, fakes::derive_sim(address).imsi, language::to_duration(start)});
  }
  for (const auto camera : plan.faults.own_destination)
    plan.cameras[camera - 1].destination = destination_address(CameraId(camera));
  return plan;
}

}  // namespace firstlight::harness
