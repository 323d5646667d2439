#include "harness/scenario/scenario.hpp"

#include <fmt/format.h>

namespace firstlight::harness {

std::uint32_t CameraSet::of(std::uint32_t fleet) const {
  if (kind == Kind::number) return value;
  constexpr std::uint64_t kWhole = 100'00;
  return static_cast<std::uint32_t>((std::uint64_t{fleet} * value + kWhole / 2) / kWhole);
}

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

namespace {

std::string camera_set_text(const CameraSet& set) {
  if (set.kind == CameraSet::Kind::number) return fmt::format("{}", set.value);
  const auto whole = set.value / 100, hundredths = set.value % 100;
  if (hundredths == 0) return fmt::format("{}%", whole);
  return hundredths % 10 == 0 ? fmt::format("{}.{}%", whole, hundredths / 10)
                              : fmt::format("{}.{:02}%", whole, hundredths);
}

std::string text_of(const ExpectOnline& online) {
  const auto within = online.within ? ", within: " + format_duration(*online.within) : "";
  return fmt::format("online: {{cameras: {}{}}}", camera_set_text(online.cameras), within);
}
std::string text_of(const ExpectLatency& latency) {
  auto text = fmt::format("latency: {{stage: {}", latency_stage_name(latency.stage));
  for (const auto& limit : latency.limits)
    text += fmt::format(", {}: \"< {}\"", quantile_name(limit.quantile), format_duration(limit.below));
  return text + "}";
}
std::string text_of(const ExpectAttempts& attempts) {
  auto text = fmt::format("attempts: {{stage: {}", journal::stage_name(attempts.stage));
  if (attempts.at_most) text += fmt::format(", at_most: {}", *attempts.at_most);
  if (attempts.at_least) text += fmt::format(", at_least: {}", *attempts.at_least);
  return text + "}";
}

}  // namespace

std::string expectation_text(const Expectation& expectation) {
  return std::visit([](const auto& check) { return text_of(check); }, expectation.check);
}

}  // namespace firstlight::harness
