#include <fmt/format.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/event_search.hpp"
#include "judge/expectation.hpp"
#include "language/event_pattern.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"

namespace firstlight::judge {

namespace {

/// So many cameras are online no later than `within` after the moment, and stay so to the end.
struct Recovers final : CheckedExpectation {
  CameraSet cameras;
  Duration within{0};
  Moment after = AfterFaults{};

  static Decoder<Recovers> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

Decoder<Recovers> Recovers::decoder() {
  return map_decoder<Recovers>(
      "recovers",
      {field("cameras", &Recovers::cameras, camera_set_decoder(), "So many at least. Without it: all.")
           .otherwise("all"),
       field("within", &Recovers::within, duration_decoder(), "After the moment.").required(),
       field("after", &Recovers::after, moment_decoder(), "The last firing of any fault, or the last such event.")
           .otherwise("faults")});
}

std::string Recovers::text() const {
  return MapText()
      .add("cameras", text_of(cameras))
      .add("within", format_duration(within))
      .add("after", text_of(after))
      .done();
}

std::vector<std::string> Recovers::subjects() const {
  return {MapText().add("cameras", text_of(cameras)).add("after", text_of(after)).done()};
}

void Recovers::contradictions(ScenarioChecker& scenario) const {
  if (std::holds_alternative<AfterFaults>(after) && scenario.no_fault())
    scenario.report(scenario.value(), "the scenario has no faults, so there is nothing to recover from",
                    "add faults, or say after which event, such as after: broker_started");
  if (scenario.value().find("cameras")) scenario.check_set(cameras, "cameras");
  const auto end = scenario.end();
  if (end && within >= end->at)
    scenario.report(scenario.value("within"),
                    fmt::format("{} does not fit into {}", format_duration(within), end->name));
}

struct Recovery {
  int online = 0;          // at the end
  std::int64_t since = 0;  // when the number due was reached for good; not before the moment
};

Recovery recovery(const Measurements& m, std::int64_t moment_ns, int due) {
  Recovery out;
  out.since = moment_ns;
  for (const auto& [t, change] : m.online_changes) {
    const bool was = out.online >= due;
    out.online += change;
    if (!was && out.online >= due) out.since = std::max(t, moment_ns);
  }
  return out;
}

/// When a rule that fired was over: its last firing, or later the end of its window. A window that an event opens is
/// each camera's own, at the broker that of the first such event of any.
std::int64_t over_ns(const CheckContext& context, const FaultRule& rule, std::int64_t origin_ns) {
  constexpr std::int64_t kNever = INT64_MIN;
  std::vector<std::int64_t> armed_ns(context.fleet() + 1, kNever);  // by camera; at 0 of any
  const auto arm = [&](std::uint32_t camera, std::int64_t t_ns) {
    if (armed_ns[camera] == kNever) armed_ns[camera] = t_ns + rule.after->delay.count() * 1000;
  };
  std::int64_t over = kNever;
  for (const auto& event : context.events) {
    if (event.camera > context.fleet()) continue;
    if (rule.after && journal::event_name(event.payload) == rule.after->event) {
      arm(0, event.t_ns);
      arm(event.camera, event.t_ns);
    }
    const auto* firing = std::get_if<journal::FaultFired>(&event.payload);
    if (firing == nullptr || firing->rule != rule.id) continue;
    over = std::max(over, event.t_ns);
    const auto armed = armed_ns[rule.at == "broker" ? 0 : event.camera];
    if (rule.between && rule.between->to) over = std::max(over, origin_ns + rule.between->to->count() * 1000);
    if (rule.after && rule.after->lasts && armed != kNever)
      over = std::max(over, armed + rule.after->lasts->count() * 1000);
  }
  return over;
}

/// When all faults were over. The run may have ended before.
std::int64_t faults_over_ns(const CheckContext& context, std::int64_t last_firing_ns) {
  auto over = last_firing_ns;
  for (const auto& rule : context.scenario.faults) over = std::max(over, over_ns(context, rule, context.m.start_ns));
  return over;
}

Finding Recovers::check(const CheckContext& context) const {
  const auto* moment = last_of(after, context);
  if (moment == nullptr)
    return nothing_to_look_at(fmt::format("there was no {}: there is nothing to recover from", moment_name(after)));
  const bool faults = std::holds_alternative<AfterFaults>(after);
  const auto moment_ns = faults ? faults_over_ns(context, moment->t_ns) : moment->t_ns;
  if (moment_ns > context.end_ns)
    return nothing_to_look_at(
        fmt::format("the run ended while a fault lasted: its window ends at {}, the run ended at {}",
                    seconds_text(moment_ns), seconds_text(context.end_ns)));
  const auto due = cameras.of(context.fleet());
  const auto r = recovery(context.m, moment_ns, static_cast<int>(due));
  const auto online = static_cast<std::uint32_t>(r.online);
  const std::int64_t limit_ns = moment_ns + within.count() * 1000;

  Finding out;
  cite(out, *moment);
  const auto last = fmt::format("the last {} at ", journal::event_name(moment->payload));
  const auto the_moment = (moment_ns == moment->t_ns ? last : "the end of the faults at ") + seconds_text(moment_ns);
  if (online >= due) {
    out.observed = fmt::format("{} of {} cameras online for good {} after {}", online, context.fleet(),
                               seconds_text(r.since - moment_ns), the_moment);
    const auto* back = std::find_if(
        context.events.data(), context.events.data() + context.events.size(),
        [&](const auto& x) { return x.t_ns == r.since && std::holds_alternative<journal::CameraOnline>(x.payload); });
    if (back != context.events.data() + context.events.size()) cite(out, *back);
    if (r.since <= limit_ns) return out;
    out.verdict = Verdict::fail;
    out.cameras = context.cameras_where([&](std::uint32_t id) { return context.facts(id).last_online_ns > limit_ns; });
    return out;
  }
  out.cameras = context.cameras_where([&](std::uint32_t id) { return !context.facts(id).online_at_end; });
  out.observed = fmt::format("{} of {} cameras online at the end, {} after {}; the others: {}", online, context.fleet(),
                             seconds_text(context.end_ns - moment_ns), the_moment, where_they_are(context));
  // A run that settled has nothing more to come; another one may have ended before the bound did.
  const bool too_early = context.end_ns < limit_ns && context.m.end_reason != "settled";
  out.verdict = too_early ? Verdict::inconclusive : Verdict::fail;
  if (too_early) out.observed += "; the run ended before the bound did";
  for (const auto& event : context.events)
    if (event.camera == out.cameras.front() && event.t_ns >= moment_ns) cite(out, event);
  return out;
}

}  // namespace

extern const ExpectationKind expect_recovers;
const ExpectationKind expect_recovers =
    kind_of<Recovers>("recovers", "Cameras that are online again after the faults.");

}  // namespace firstlight::judge
