#include <array>

#include "language/arrival.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

/// Checks one scenario whose parts may be partly wrong: only what was read without an error is compared.
class Checker {
 public:
  Checker(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario)
      : context_(context), keys_(keys), scenario_(scenario) {}

  bool all() {
    check_run_for();
    if (keys_.has("cameras")) check_arrivals();
    if (keys_.has("expect")) check_expectations();
    return ok_;
  }

 private:
  void report(const Node& node, std::string message, std::string hint = {}) {
    context_.error(node, std::move(message), std::move(hint));
    ok_ = false;
  }

  void check_run_for() {
    if (!keys_.has("run_for") || !keys_.has("timeout") || *scenario_.run_for <= scenario_.timeout) return;
    report(keys_.node("run_for"),
           fmt::format("run_for {} is longer than the timeout of {}, so the scenario can only fail",
                       format_duration(*scenario_.run_for), format_duration(scenario_.timeout)));
  }

  /// The scenario's end at the latest and its name; nothing while that is not known.
  [[nodiscard]] std::optional<std::pair<Duration, std::string>> end() const {
    if (keys_.has("run_for")) return std::pair(*scenario_.run_for, "run_for " + format_duration(*scenario_.run_for));
    if (keys_.has("timeout"))
      return std::pair(scenario_.timeout, "the timeout of " + format_duration(scenario_.timeout));
    return {};
  }

  [[nodiscard]] double start_of(std::uint32_t index) const {
    return nominal_start_seconds(scenario_.cameras.arrive, index);
  }

  void check_arrivals() {
    const auto ceiling = end();
    const auto count = scenario_.cameras.count;
    const double last = start_of(count - 1);
    if (!ceiling || last < std::chrono::duration<double>(ceiling->first).count()) return;
    const Node& cameras = keys_.node("cameras");
    const Node* arrive = cameras.find("arrive");
    report(arrive ? *arrive : cameras,
           fmt::format("camera {} would start after {:.1f}s, beyond {}", count, last, ceiling->second));
  }

  void check_expectations() {
    const auto& nodes = keys_.node("expect").items;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Node& value = *nodes[i]->entries.front().second;
      std::visit([&](const auto& expect) { check_one(expect, value); }, scenario_.expect[i].check);
      check_twice(i, *nodes[i]->entries.front().first);
    }
  }

  /// Whether there certainly is no rule that `fits`; not while the rules are partly wrong.
  template <class Fits>
  [[nodiscard]] bool no_rule(Fits fits) const {
    const bool known = keys_.has("faults") || keys_.map.find("faults") == nullptr;
    return known && std::none_of(scenario_.faults.begin(), scenario_.faults.end(), fits);
  }
  [[nodiscard]] bool nothing_breaks() const {
    return no_rule([](const FaultRule&) { return true; });
  }

  void check_one(const auto&, const Node&) {}
  void check_one(const ExpectRefused& e, const Node& map) {
    check_set(e.cameras, map, "cameras");
    check_set(e.at_least, map, "at_least");
    check_broker_reason(e, map);
  }
  void check_one(const ExpectOrder& e, const Node& map) {
    check_set(e.cameras, map, "cameras");
    const Node& events = map.kind == Node::Kind::map ? *map.find("events") : map;
    for (std::size_t i = 0; i < e.events.size(); ++i)
      if (e.events[i].event == journal::RunEnded::kName)
        report(*events.items[i], "all events come before run_ended and none comes after it, so its place says nothing");
  }
  void check_one(const ExpectStore& e, const Node& map) {
    check_set(e.valid, map, "valid");
    check_set(e.warm_boots, map, "warm_boots");
    check_set(e.discarded, map, "discarded");
    // Only what happens to the device or its network makes it boot again.
    if (e.warm_boots && no_rule([](const FaultRule& rule) { return rule.at == "camera" || rule.at == "attach"; }))
      report(*map.find("warm_boots"), "no camera boots a second time",
             "a rule at camera can make them, such as inject: power-cut");
  }
  void check_one(const ExpectRecovers& e, const Node& map) {
    if (std::holds_alternative<AfterFaults>(e.after) && nothing_breaks())
      report(map, "the scenario has no faults, so there is nothing to recover from",
             "add faults, or say after which event, such as after: broker_started");
    if (map.find("cameras")) check_set(e.cameras, map, "cameras");
    const auto ceiling = end();
    if (ceiling && e.within >= ceiling->first)
      report(*map.find("within"), fmt::format("{} does not fit into {}", format_duration(e.within), ceiling->second));
  }
  void check_one(const ExpectNever& e, const Node& map) {
    if (e.after && std::holds_alternative<AfterFaults>(*e.after) && nothing_breaks())
      report(*map.find("after"), "the scenario has no faults, so nothing can come after them");
    if (const auto* group = std::get_if<FaultedCameras>(&e.cameras); group && group->faulted && nothing_breaks())
      report(*map.find("cameras"), "the scenario has no faults, so no camera is faulted");
    const auto* numbers = std::get_if<CameraNumbers>(&e.cameras);
    if (numbers == nullptr || !keys_.has("cameras") || numbers->back() <= scenario_.cameras.count) return;
    report(*map.find("cameras"),
           fmt::format("there is no camera {}: the fleet has {}", numbers->back(), scenario_.cameras.count));
  }

  /// Errors of these families are of steps before MQTT, which the broker never sees.
  void check_broker_reason(const ExpectRefused& e, const Node& map) {
    constexpr std::array<std::string_view, 5> kNotMqtt{"token-", "key-", "config-", "store-", "http-"};
    const auto begins = [&](std::string_view family) { return e.reason.starts_with(family); };
    if (e.by != RefusedBy::broker || std::none_of(kNotMqtt.begin(), kNotMqtt.end(), begins)) return;
    report(*map.find("reason"), fmt::format("the broker never refuses with {}", e.reason),
           "its reasons begin with certificate- or mqtt-, or it is service-unavailable");
  }

  /// A part of the fleet that is more than there are, or nobody.
  void check_set(const std::optional<CameraSet>& set, const Node& map, std::string_view key) {
    if (!set || !keys_.has("cameras")) return;
    const auto fleet = scenario_.cameras.count;
    const auto needed = set->of(fleet);
    const Node& node = *map.find(key);
    if (needed > fleet)
      report(node, fmt::format("{} cameras are expected, and there are only {}", needed, fleet));
    else if (needed == 0)
      report(node, fmt::format("{} of {} cameras is none", node.text, fleet));
  }

  void check_one(const ExpectOnline& online, const Node& map) {
    const auto ceiling = end();
    if (online.within && ceiling && *online.within > ceiling->first)
      report(*map.find("within"),
             fmt::format("{} is after the scenario's end ({})", format_duration(*online.within), ceiling->second));
    if (!keys_.has("cameras")) return;
    const auto fleet = scenario_.cameras.count;
    const auto needed = online.cameras.of(fleet);
    const Node& cameras = *map.find("cameras");
    if (needed > fleet)
      return report(cameras, fmt::format("{} cameras are expected, and there are only {}", needed, fleet));
    if (needed == 0) return report(cameras, fmt::format("{} of {} cameras is none", cameras.text, fleet));
    const double start = start_of(needed - 1);
    if (online.within && !std::holds_alternative<ArrivePoisson>(scenario_.cameras.arrive) &&
        start >= std::chrono::duration<double>(*online.within).count())
      report(*map.find("within"), fmt::format("only after {:.1f}s are {} cameras switched on", start, needed));
  }

  /// Reports the expectation at `index` when one above bounds the same thing.
  void check_twice(std::size_t index, const Node& key) {
    for (std::size_t i = 0; i < index && i < 1000; ++i) {
      if (!same_thing(scenario_.expect[i].check, scenario_.expect[index].check)) continue;
      report(key, fmt::format("{} is expected twice; line {} has it already", key.text, scenario_.expect[i].at.line));
      return;
    }
  }

  using AnyCheck = decltype(Expectation::check);
  static bool same_thing(const AnyCheck& a, const AnyCheck& b) {
    if (a.index() != b.index()) return false;
    return std::visit([&](const auto& x) { return same(x, std::get<std::decay_t<decltype(x)>>(b)); }, a);
  }
  static bool same(const ExpectOnline& a, const ExpectOnline& b) { return a.cameras == b.cameras; }
  static bool same(const ExpectLatency& a, const ExpectLatency& b) {
    const auto has = [&](Quantile q) {
      return std::any_of(b.limits.begin(), b.limits.end(), [&](const auto& limit) { return limit.quantile == q; });
    };
    return a.stage == b.stage &&
           std::any_of(a.limits.begin(), a.limits.end(), [&](const auto& l) { return has(l.quantile); });
  }
  static bool same(const ExpectAttempts& a, const ExpectAttempts& b) {
    return a.stage == b.stage && a.to == b.to && ((a.at_most && b.at_most) || (a.at_least && b.at_least));
  }
  static bool same(const ExpectRefused& a, const ExpectRefused& b) {
    return a.by == b.by && a.reason == b.reason && a.stage == b.stage && a.http_status == b.http_status;
  }
  static bool same(const ExpectNever& a, const ExpectNever& b) {
    return a.event == b.event && a.cameras == b.cameras && a.after == b.after && a.before == b.before;
  }
  static bool same(const ExpectOrder& a, const ExpectOrder& b) { return a.events == b.events; }
  static bool same(const ExpectBackoff& a, const ExpectBackoff& b) {
    const bool overlap = (a.kind && b.kind) || (a.jitter && b.jitter) || (a.at_least && b.at_least) ||
                         (a.at_most && b.at_most) || (a.honours_retry_after && b.honours_retry_after) ||
                         (a.resets && b.resets);
    return a.stage == b.stage && overlap;
  }
  static bool same(const ExpectRecovers& a, const ExpectRecovers& b) {
    return a.after == b.after && a.cameras == b.cameras;
  }
  static bool same(const ExpectStore& a, const ExpectStore& b) {
    return (a.valid && b.valid) || (a.warm_boots && b.warm_boots) ||
           (a.discarded && b.discarded && a.reason == b.reason);
  }
  static bool same(const ExpectNoSecretLeaked&, const ExpectNoSecretLeaked&) { return true; }

  DecodeContext& context_;
  const ValidatedKeys& keys_;
  const Scenario& scenario_;
  bool ok_ = true;
};

}  // namespace

bool check_scenario(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario) {
  return Checker(context, keys, scenario).all();
}

}  // namespace firstlight::language
