#include "harness/plan/descriptors.hpp"

#include <algorithm>
#include <vector>

#include "fault/engine.hpp"
#include "fault/plans/link.hpp"
#include "fault/plans/tls.hpp"

namespace firstlight::harness {

namespace {

// With lab and fleet at rest 29 were counted on two cores; a core more is an event loop more, with three. The rest is
// for connections that are just being closed and for the registry's files.
constexpr std::size_t kLabAtRest = 200;

// What one camera's connection is made of: both ends are in this process.
constexpr std::size_t kEnds = 2;        // the camera's socket, and the one that the service has accepted
constexpr std::size_t kUpstream = 1;    // the edge's to Mosquitto
constexpr std::size_t kShaperPair = 2;  // the socket pair between the shaper and the service

/// What the rules may make of a camera's connections.
struct Connections {
  bool http_shaped = false;
  bool mqtt_shaped = false;
  /// How many that the camera has left may still be open at the lab, because the end of them is held up with the bytes.
  std::size_t left_open = 0;

  void add(const Connections& other) {
    http_shaped = http_shaped || other.http_shaped;
    mqtt_shaped = mqtt_shaped || other.mqtt_shaped;
    left_open += other.left_open;
  }
  /// A camera has one connection at a time. Of those that it left, the first was a session and so had an upstream.
  [[nodiscard]] std::size_t descriptors() const {
    const auto http = kEnds + (http_shaped ? kShaperPair : 0);
    const auto mqtt = kEnds + kUpstream + (mqtt_shaped ? kShaperPair : 0);
    const auto left = left_open == 0 ? 0 : kUpstream + left_open * (1 + kShaperPair);
    return std::max(http, mqtt) + left;
  }
};

/// How long the rule may apply, in a scenario that ends at its ceiling.
Duration longest(const fault::Rule& rule, const language::Scenario& scenario) {
  const auto end = scenario.run_for.value_or(scenario.timeout);
  if (rule.between) return std::min(rule.between->to.value_or(end), end) - rule.between->from;
  return rule.after && rule.after->lasts ? std::min(*rule.after->lasts, end) : end;
}

/// Connections whose end does not get through. While nothing moves at all, a camera gives up each further handshake
/// after its timeout and leaves another one.
std::size_t left_open(const fault::LinkPlan& link, const fault::Rule& rule, const language::Scenario& scenario) {
  if (link.partitions > 0) {
    const auto& firmware = scenario.cameras.firmware;
    const auto each = std::max(firmware.timeouts.handshake, Duration{1});
    const auto tries = static_cast<std::size_t>(std::max(longest(rule, scenario), Duration{0}) / each);
    const auto most = firmware.retry.give_up_after;
    return 1 + (most == 0 ? tries : std::min<std::size_t>(tries, most));
  }
  return link.flap ? 1 : 0;
}

bool is_link_rule(const fault::Rule& rule) {
  return std::find(fault::kLinks.begin(), fault::kLinks.end(), rule.points.front()) != fault::kLinks.end();
}
bool is_tls_rule(const fault::Rule& rule) {
  return rule.points.front() >= fault::Point::tls_endorse && rule.points.front() <= fault::Point::tls_mqtt;
}

/// What one rule makes of the connections that it meets; nothing: it leaves them as they are.
Connections shaped_by(const fault::Rule& rule, const language::Scenario& scenario) {
  bool shaped = false;
  Connections out;
  if (rule.scheduled()) return out;  // it closes a port, and meets no connection
  if (is_link_rule(rule)) {
    fault::LinkPlan link;
    fault::Engine::apply(link, rule);
    shaped = link.shaped();
    out.left_open = left_open(link, rule, scenario);
  } else if (is_tls_rule(rule)) {
    fault::TlsPlan tls;
    fault::Engine::apply(tls, rule);
    shaped = tls.stall == fault::TlsPlan::Stall::certificate;  // the ingress lets one TLS record pass
  }
  if (!shaped) return out;
  for (const auto point : rule.points) {
    const bool mqtt = point == fault::Point::link_mqtt || point == fault::Point::tls_mqtt;
    (mqtt ? out.mqtt_shaped : out.http_shaped) = true;
  }
  return out;
}

}  // namespace

Descriptors count_descriptors(const language::Scenario& scenario, const FaultPlan& faults) {
  const auto cameras = scenario.cameras.count;
  std::vector<Connections> of_camera(cameras + 1);
  for (const auto& rule : faults.rules) {
    const auto shaped = shaped_by(rule, scenario);
    for (std::uint32_t camera = 1; camera <= cameras; ++camera)
      if (rule.concerns(camera)) of_camera[camera].add(shaped);
  }
  Descriptors out;
  out.lab = kLabAtRest;
  out.listeners = faults.own_destination.size() * fault::kLinks.size();
  for (std::uint32_t camera = 1; camera <= cameras; ++camera) out.connections += of_camera[camera].descriptors();
  return out;
}

}  // namespace firstlight::harness
