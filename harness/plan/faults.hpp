// What a scenario's fault rules come to in one run: the cameras that each concerns, the moments at which scheduled ones
// strike, and the windows in which ports are closed. Part of the Plan, consumed by the engine, the fault clock, the lab
// and `lab --faults`; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fault/rule.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness {

/// The listening socket of a service: of one camera with a destination of its own, or (0) of all others.
struct ListenerId {
  fault::Point link{};
  std::uint32_t camera = 0;
  auto operator<=>(const ListenerId&) const = default;
};

/// A scheduled rule strikes, by the scenario's clock. Rules that wait for an event have no moment before it comes.
struct PlannedMoment {
  std::size_t rule = 0;      // its place in FaultPlan::rules
  std::uint32_t camera = 0;  // 0: the lab as a whole
  Duration at{0};            // scenario time
};

/// A port is closed, because of one rule. Several windows may cover the same time.
struct PortWindow {
  std::size_t rule = 0;  // its place in FaultPlan::rules
  ListenerId listener;
  Duration from{0}, to{0};  // scenario time
};

struct FaultPlan {
  std::vector<fault::Rule> rules;              // in the scenario's order
  std::vector<PlannedMoment> moments;          // by rule, then by camera
  std::vector<PortWindow> port_windows;        // by rule, camera and link
  std::vector<std::uint32_t> own_destination;  // cameras with a destination address of their own, ascending
};

/// Whose draws they are: keyed with the seed, the scenario's name, the camera and the rule.
struct FaultDraws {
  std::uint64_t seed = 0;
  std::string scenario;
  std::uint32_t cameras = 0;  // in the fleet
};

/// The rules with the cameras that they concern. A share of the cameras is exactly round(n·p) of them: those that rank
/// first by a draw keyed with the scenario's name and the rule's id.
[[nodiscard]] std::vector<fault::Rule> resolve_rules(const language::Scenario& scenario, std::uint64_t seed);
/// What resolved rules come to, with the draws of their probabilities that are made before a run.
[[nodiscard]] FaultPlan plan_faults(const FaultDraws& draws, std::vector<fault::Rule> rules);

/// Whether the rule closes ports: a camera that has some closed for it alone needs a destination address of its own.
[[nodiscard]] bool closes_ports(const fault::Rule& rule);
/// Whether the rule acts in the simulated camera or its network. With real devices it can do nothing.
[[nodiscard]] bool needs_simulated_cameras(const fault::Rule& rule);

}  // namespace firstlight::harness
