// What a run will do, decided before it starts: each camera's address and moment of power-on. Pure; the lab and every
// fleet compute the same plan from the same scenario and seed. Printed by `run --dry-run`, followed by the runner.
#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness {

struct PlannedCamera {
  CameraId id;                          // 1, 2, …
  boost::asio::ip::address_v4 address;  // the source address it binds: 127.16.0.0 + id, none skipped
  Duration start{0};                    // power-on, after the scenario's start; never falls as the id rises
};

struct Plan {
  std::uint64_t seed = 0;
  std::vector<PlannedCamera> cameras;  // camera n is cameras[n - 1]

  [[nodiscard]] Duration last_start() const { return cameras.empty() ? Duration{0} : cameras.back().start; }
};

/// The source address of a camera: 127.16.0.1 for camera 1.
[[nodiscard]] boost::asio::ip::address_v4 camera_address(CameraId id);

/// Where a camera's connections arrive that has a destination address of its own: 127.48.0.1 for camera 1.
[[nodiscard]] boost::asio::ip::address_v4 destination_address(CameraId id);

/// `seed` decides Poisson arrivals (drawn per camera and keyed with the scenario's name); the rest needs none.
[[nodiscard]] Plan make_plan(const language::Scenario& scenario, std::uint64_t seed);

/// For people: the seed, the first and the last start, and the cameras (the middle of a long list is left out).
[[nodiscard]] std::string render_plan(const language::Scenario& scenario, const Plan& plan);

}  // namespace firstlight::harness
