// What a run of one scenario will do, decided before it starts: seeds, each camera's addresses and moment of power-on,
// whom each fault rule concerns, when which port is closed, and the descriptors that it takes. Pure: the same scenario
// and seed make the same plan, whoever asks. Consumed as it is by lab, fleet and fault clock; `run --dry-run` prints
// it.
#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "harness/plan/descriptors.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/seed.hpp"
#include "language/scenario.hpp"
#include "sim/planned_camera.hpp"

namespace firstlight::harness {

using sim::PlannedCamera;

/// The seed of each consumer of draws. Their draws have keys of their own (camera, point, attempt, rule), so all may
/// start from the scenario's seed and still share nothing.
struct Seeds {
  Seed scenario;
  std::uint64_t arrivals = 0;  // Poisson gaps, keyed by camera and scenario
  std::uint64_t faults = 0;    // which cameras, whether an attempt is hit, and effects that vary
  std::uint64_t cameras = 0;   // the simulated cameras' jitter
};

struct Plan {
  std::string scenario;  // its name
  Seeds seeds;
  std::vector<PlannedCamera> cameras;  // camera n is cameras[n - 1]; start_after never falls as n rises
  FaultPlan faults;
  Descriptors descriptors;

  [[nodiscard]] Duration last_start() const {
    return cameras.empty() ? Duration{0} : std::chrono::duration_cast<Duration>(cameras.back().start_after);
  }
};

/// The source address of a camera: 127.16.0.0 plus its number, none skipped.
[[nodiscard]] boost::asio::ip::address_v4 camera_address(CameraId id);

/// Where a camera's connections arrive that has a destination address of its own: 127.48.0.1 for camera 1.
[[nodiscard]] boost::asio::ip::address_v4 destination_address(CameraId id);

[[nodiscard]] Plan make_plan(const language::Scenario& scenario, const Seed& seed);

/// For people. `name` is the play's: the scenario's, or "x#2". The middle of a long list is left out.
[[nodiscard]] std::string render_plan(const language::Scenario& scenario, const Plan& plan, const std::string& name);
/// For programs: all of it (docs/plan.schema.json).
[[nodiscard]] nlohmann::ordered_json plan_json(const language::Scenario& scenario, const Plan& plan,
                                               const std::string& name);

}  // namespace firstlight::harness
