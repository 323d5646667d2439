#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "judge/checks/checks.hpp"

namespace firstlight::judge {

namespace {

double percent_of(language::Quantile q) {
  switch (q) {
    case language::Quantile::p50:
      return 50;
    case language::Quantile::p90:
      return 90;
    case language::Quantile::p99:
      return 99;
    case language::Quantile::max:
      break;
  }
  return 100;
}

std::string ms(std::int64_t us) {
  return fmt::format("{:.1f} ms", static_cast<double>(us) / 1000.0);
}

/// The events that took as long as the strictest limit or longer.
void prove_slow(Finding& out, const language::ExpectLatency& e, const CheckContext& context, std::int64_t limit_us) {
  std::vector<bool> seen(context.fleet() + 1, false);
  for (const auto& event : context.events) {
    const auto* ended = std::get_if<journal::StageEnded>(&event.payload);
    if (e.stage && ended != nullptr && ended->ok && ended->stage == *e.stage && ended->took_us >= limit_us)
      cite(out, event);
    if (e.stage || event.camera >= seen.size() || !std::holds_alternative<journal::CameraOnline>(event.payload))
      continue;
    const bool first = !seen[event.camera];
    seen[event.camera] = true;
    if (first && (event.t_ns - context.facts(event.camera).scheduled_ns) / 1000 >= limit_us) cite(out, event);
  }
}

}  // namespace

Finding check(const language::ExpectLatency& e, const CheckContext& context) {
  const auto& samples = e.stage ? context.m.stages[static_cast<std::size_t>(*e.stage)] : context.m.total;
  if (samples.count() == 0)
    return nothing_to_look_at(
        fmt::format("no camera completed {}: there is nothing to measure", language::latency_stage_name(e.stage)));
  Finding out;
  std::vector<std::string> parts;
  std::optional<std::int64_t> strictest_breached;
  for (const auto& limit : e.limits) {
    const auto value = samples.percentile(percent_of(limit.quantile));
    const bool breached = value >= limit.below.count();
    if (breached) out.verdict = Verdict::threshold;
    // More samples might bring a percentile down again; the maximum only grows.
    if (breached && limit.quantile == language::Quantile::max) out.is_final = true;
    if (breached) strictest_breached = std::min(strictest_breached.value_or(INT64_MAX), limit.below.count());
    parts.push_back(fmt::format("{} {}{}", language::quantile_name(limit.quantile), ms(value),
                                breached ? fmt::format(" (limit {})", format_duration(limit.below)) : ""));
  }
  out.observed = fmt::format("{} over {} samples", fmt::join(parts, ", "), samples.count());
  if (!strictest_breached) return out;
  prove_slow(out, e, context, *strictest_breached);
  if (!e.stage)
    out.cameras = context.cameras_where([&](std::uint32_t id) {
      const auto& c = context.facts(id);
      return c.online && (c.online_ns - c.scheduled_ns) / 1000 >= *strictest_breached;
    });
  return out;
}

}  // namespace firstlight::judge
