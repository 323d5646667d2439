#include <fmt/format.h>

#include <algorithm>

#include "judge/checks/checks.hpp"

namespace firstlight::judge {

namespace {

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

}  // namespace

Finding check(const language::ExpectOnline& e, const CheckContext& context) {
  Finding out;
  const auto due = e.cameras.of(context.fleet());
  const std::int64_t limit_ns = e.within ? context.m.start_ns + e.within->count() * 1000 : INT64_MAX;
  const auto most = most_online(context.m, !e.within, limit_ns);
  const auto reached = static_cast<std::uint32_t>(most.cameras);
  out.observed = fmt::format("{} of {} cameras online", reached, context.fleet());
  if (e.within && reached > 0) out.observed += ", the last after " + seconds_text(most.reached_ns - context.m.start_ns);
  if (reached >= due) {
    out.is_final = e.within.has_value();
    for (const auto& event : context.events)
      if (e.within && event.t_ns == most.reached_ns && std::holds_alternative<journal::CameraOnline>(event.payload))
        cite(out, event);
    return out;
  }
  out.verdict = Verdict::fail;
  out.is_final = e.within && has_begun(context.m) && context.end_ns >= limit_ns;  // nothing that came later counts
  out.cameras = context.cameras_where([&](std::uint32_t id) {
    const auto& c = context.facts(id);
    return !c.online || c.online_ns > limit_ns || (!e.within && !c.online_at_end);
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

}  // namespace firstlight::judge
