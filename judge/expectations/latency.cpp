#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/expectation.hpp"
#include "language/map_text.hpp"
#include "language/words.hpp"

namespace firstlight::judge {

namespace {

/// A stage of the camera's path; nothing: `total`, power-on to online.
using LatencyStage = std::optional<journal::Stage>;

enum class Quantile : std::uint8_t { p50, p90, p99, max };

struct LatencyLimit {
  Quantile quantile = Quantile::max;
  Duration below{0};  // strictly
};

struct Latency final : CheckedExpectation {
  LatencyStage stage;
  std::vector<LatencyLimit> limits;  // at least one, in the order p50, p90, p99, max; no quantile twice

  static Decoder<Latency> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

std::string_view latency_stage_name(LatencyStage stage) {
  return stage ? journal::stage_name(*stage) : "total";
}

std::string_view quantile_name(Quantile q) {
  switch (q) {
    case Quantile::p50:
      return "p50";
    case Quantile::p90:
      return "p90";
    case Quantile::p99:
      return "p99";
    case Quantile::max:
      return "max";
  }
  return "?";
}

Decoder<LatencyStage> latency_stage_decoder() {
  std::vector<Word<LatencyStage>> words{{"total", {}}};
  for (const auto& w : stage_words()) words.push_back({w.text, w.value});
  return words_decoder<LatencyStage>("stage", std::move(words), {"resolve"});
}

/// A limit for one quantile, appended to the list.
Field<Latency> limit_field(Quantile quantile) {
  auto limit = upper_limit_decoder();
  Decoder<Latency> decoder;
  decoder.schema = std::move(limit.schema);
  decoder.read = [read = std::move(limit.read), quantile](DecodeContext& context, const Node& node, Latency& out) {
    LatencyLimit value{quantile, {}};
    if (!read(context, node, value.below)) return false;
    out.limits.push_back(value);
    return true;
  };
  const auto name = std::string(quantile_name(quantile));
  return field_of_all(name, std::move(decoder), "An upper limit, such as \"< 5s\".");
}

Decoder<Latency> Latency::decoder() {
  const auto check = [](DecodeContext& context, const ValidatedKeys& keys, const Latency&) {
    return needs_one_of(context, keys, "latency", {"p50", "p90", "p99", "max"});
  };
  auto decoder = map_decoder<Latency>(
      "latency",
      {field("stage", &Latency::stage, latency_stage_decoder(), "A stage, or total: power-on to online.").required(),
       limit_field(Quantile::p50), limit_field(Quantile::p90), limit_field(Quantile::p99), limit_field(Quantile::max)},
      check);
  for (const auto* key : {"p50", "p90", "p99", "max"}) decoder.schema["anyOf"].push_back({{"required", {key}}});
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node, Latency& out) {
    if (!read(context, node, out)) return false;
    std::sort(out.limits.begin(), out.limits.end(), [](auto a, auto b) { return a.quantile < b.quantile; });
    return true;
  };
  return decoder;
}

std::string Latency::text() const {
  MapText map;
  map.add("stage", std::string(latency_stage_name(stage)));
  for (const auto& limit : limits)
    map.add(quantile_name(limit.quantile), fmt::format("\"< {}\"", format_duration(limit.below)));
  return map.done();
}

std::vector<std::string> Latency::subjects() const {
  std::vector<std::string> quantiles;
  for (const auto& limit : limits)
    quantiles.push_back(fmt::format("{} {}", latency_stage_name(stage), quantile_name(limit.quantile)));
  return quantiles;
}

double percent_of(Quantile q) {
  switch (q) {
    case Quantile::p50:
      return 50;
    case Quantile::p90:
      return 90;
    case Quantile::p99:
      return 99;
    case Quantile::max:
      break;
  }
  return 100;
}

std::string ms(std::int64_t us) {
  return fmt::format("{:.1f} ms", static_cast<double>(us) / 1000.0);
}

/// The events that took as long as the strictest limit or longer.
void cite_slow(Finding& out, const Latency& e, const CheckContext& context, std::int64_t limit_us) {
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

Finding Latency::check(const CheckContext& context) const {
  const auto& samples = stage ? context.m.stages[static_cast<std::size_t>(*stage)] : context.m.total;
  if (samples.count() == 0)
    return nothing_to_look_at(
        fmt::format("no camera completed {}: there is nothing to measure", latency_stage_name(stage)));
  Finding out;
  std::vector<std::string> parts;
  std::optional<std::int64_t> strictest_breached;
  for (const auto& limit : limits) {
    const auto value = samples.percentile(percent_of(limit.quantile));
    const bool breached = value >= limit.below.count();
    if (breached) out.verdict = Verdict::threshold;
    // More samples might bring a percentile down again; the maximum only grows.
    if (breached && limit.quantile == Quantile::max) out.is_final = true;
    if (breached) strictest_breached = std::min(strictest_breached.value_or(INT64_MAX), limit.below.count());
    parts.push_back(fmt::format("{} {}{}", quantile_name(limit.quantile), ms(value),
                                breached ? fmt::format(" (limit {})", format_duration(limit.below)) : ""));
  }
  out.observed = fmt::format("{} over {} samples", fmt::join(parts, ", "), samples.count());
  if (!strictest_breached) return out;
  cite_slow(out, *this, context, *strictest_breached);
  if (!stage)
    out.cameras = context.cameras_where([&](std::uint32_t id) {
      const auto& c = context.facts(id);
      return c.online && (c.online_ns - c.scheduled_ns) / 1000 >= *strictest_breached;
    });
  return out;
}

}  // namespace

extern const ExpectationKind expect_latency;
const ExpectationKind expect_latency = kind_of<Latency>("latency", "Upper limits of a stage's duration.");

}  // namespace firstlight::judge
