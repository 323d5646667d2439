#include <fmt/format.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/expectation.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"

namespace firstlight::judge {

namespace {

/// At least so many cameras are online at some moment no later than `within` after the scenario's start (time 0 of the
/// plan, not each camera's own power-on; for that there is latency of the stage total).
struct Online final : CheckedExpectation {
  CameraSet cameras;
  std::optional<Duration> within;  // nothing: by the scenario's end

  static Decoder<Online> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

Decoder<Online> Online::decoder() {
  return map_decoder<Online>(
      "online", {field("cameras", &Online::cameras, camera_set_decoder(), "How many cameras at least.").required(),
                 field("within", &Online::within, optional_decoder(duration_decoder()),
                       "After the scenario's start. Without it: by the scenario's end.")});
}

std::string Online::text() const {
  return MapText().add("cameras", text_of(cameras)).add("within", within).done();
}

std::vector<std::string> Online::subjects() const {
  return {text_of(cameras)};
}

void Online::contradictions(ScenarioChecker& scenario) const {
  const auto end = scenario.end();
  if (within && end && *within > end->at)
    scenario.report(scenario.value("within"),
                    fmt::format("{} is after the scenario's end ({})", format_duration(*within), end->name));
  if (!scenario.check_set(cameras, "cameras") || !scenario.fleet() || !within) return;
  const auto needed = cameras.of(*scenario.fleet());
  const auto start = scenario.certain_start(needed - 1);
  if (start && *start >= std::chrono::duration<double>(*within).count())
    scenario.report(scenario.value("within"),
                    fmt::format("only after {:.1f}s are {} cameras switched on", *start, needed));
}

struct Most {
  int cameras = 0;
  std::int64_t reached_ns = 0;
};

/// With a limit: the most that were online at one time until then. Without: those of the end.
Most most_online(const Measurements& m, bool at_end, std::int64_t limit_ns) {
  Most best;
  int now = 0;
  for (const auto& [t, change] : m.online_changes) {
    if (t > limit_ns) break;
    now += change;
    if (now > best.cameras) best = {now, t};
  }
  if (at_end) best.cameras = now;
  return best;
}

/// Without a camera that was switched on there is no time 0 from which a bound would count.
bool has_begun(const Measurements& m) {
  return std::any_of(m.cameras.begin(), m.cameras.end(), [](const auto& entry) { return entry.second.powered; });
}

Finding Online::check(const CheckContext& context) const {
  Finding out;
  const auto due = cameras.of(context.fleet());
  const std::int64_t limit_ns = within ? context.m.start_ns + within->count() * 1000 : INT64_MAX;
  const auto most = most_online(context.m, !within, limit_ns);
  const auto reached = static_cast<std::uint32_t>(most.cameras);
  out.observed = fmt::format("{} of {} cameras online", reached, context.fleet());
  if (within && reached > 0) out.observed += ", the last after " + seconds_text(most.reached_ns - context.m.start_ns);
  if (reached >= due) {
    out.is_final = within.has_value();
    for (const auto& event : context.events)
      if (within && event.t_ns == most.reached_ns && std::holds_alternative<journal::CameraOnline>(event.payload))
        cite(out, event);
    return out;
  }
  out.verdict = Verdict::fail;
  out.is_final = within && has_begun(context.m) && context.end_ns >= limit_ns;  // nothing that came later counts
  out.cameras = context.cameras_where([&](std::uint32_t id) {
    const auto& c = context.facts(id);
    return !c.online || c.online_ns > limit_ns || (!within && !c.online_at_end);
  });
  if (const auto rest = where_they_are(context); !rest.empty()) out.observed += "; the others: " + rest;
  for (const auto& event : context.events)
    if (!out.cameras.empty() && event.camera == out.cameras.front()) {
      const auto* ended = std::get_if<journal::StageEnded>(&event.payload);
      if ((ended != nullptr && !ended->ok) || std::holds_alternative<journal::CameraOffline>(event.payload) ||
          std::holds_alternative<journal::CameraGaveUp>(event.payload))
        cite(out, event);
    }
  return out;
}

}  // namespace

extern const ExpectationKind expect_online;
const ExpectationKind expect_online = kind_of<Online>("online", "Cameras that are online in time.");

}  // namespace firstlight::judge
