#include "decode/values.hpp"
#include "language/expect_decoder.hpp"

namespace firstlight::language {

std::vector<Word<journal::Stage>> stage_words() {
  std::vector<Word<journal::Stage>> words;
  for (const auto& info : journal::kStages) words.push_back({info.name, info.stage});
  return words;
}

/// At least one of the keys must be there, right or wrong.
bool needs_one_of(DecodeContext& context, const ValidatedKeys& validated, std::string_view map,
                  const std::vector<std::string_view>& keys) {
  for (const auto key : keys)
    if (validated.map.find(key)) return true;
  return context.error(validated.map.key ? *validated.map.key : validated.map,
                       fmt::format("{} needs at least one of {}", map, fmt::join(keys, ", ")));
}

namespace {

Decoder<LatencyStage> latency_stage_decoder() {
  std::vector<Word<LatencyStage>> words{{"total", {}}};
  for (const auto& w : stage_words()) words.push_back({w.text, w.value});
  return words_decoder<LatencyStage>("stage", std::move(words), {"resolve"});
}

/// A limit for one quantile, appended to the list.
Field<ExpectLatency> limit_field(Quantile quantile) {
  auto limit = upper_limit_decoder();
  Decoder<ExpectLatency> decoder;
  decoder.schema = std::move(limit.schema);
  decoder.read = [read = std::move(limit.read), quantile](DecodeContext& context, const Node& node,
                                                          ExpectLatency& out) {
    LatencyLimit value{quantile, {}};
    if (!read(context, node, value.below)) return false;
    out.limits.push_back(value);
    return true;
  };
  const auto name = std::string(quantile_name(quantile));
  return field_of_all(name, std::move(decoder), "An upper limit, such as \"< 5s\".");
}

Decoder<std::string> counted_service_decoder() {
  return words_decoder<std::string>("service",
                                    {{"endorse", "endorse"}, {"keys", "keys"}, {"config_api", "config_api"}});
}

bool check_attempts(DecodeContext& context, const ValidatedKeys& keys, const ExpectAttempts& attempts) {
  if (!needs_one_of(context, keys, "attempts", {"stage", "to"})) return false;
  if (keys.has("stage") && keys.has("to"))
    return context.error(keys.node("to"), "attempts are those of a stage or those to a service, not both");
  if (!needs_one_of(context, keys, "attempts", {"at_most", "at_least"})) return false;
  if (!keys.has("at_most") || !keys.has("at_least") || *attempts.at_least <= *attempts.at_most) return true;
  context.error(keys.node("at_least"),
                fmt::format("at least {} and at most {} contradict each other", *attempts.at_least, *attempts.at_most));
  return false;
}

}  // namespace

Decoder<ExpectOnline> expect_online_decoder() {
  return map_decoder<ExpectOnline>(
      "online",
      {field("cameras", &ExpectOnline::cameras, camera_set_decoder(), "How many cameras at least.").required(),
       field("within", &ExpectOnline::within, optional_decoder(duration_decoder()),
             "After the scenario's start. Without it: by the scenario's end.")});
}

Decoder<ExpectLatency> expect_latency_decoder() {
  const auto check = [](DecodeContext& context, const ValidatedKeys& keys, const ExpectLatency&) {
    return needs_one_of(context, keys, "latency", {"p50", "p90", "p99", "max"});
  };
  auto decoder = map_decoder<ExpectLatency>(
      "latency",
      {field("stage", &ExpectLatency::stage, latency_stage_decoder(), "A stage, or total: power-on to online.")
           .required(),
       limit_field(Quantile::p50), limit_field(Quantile::p90), limit_field(Quantile::p99), limit_field(Quantile::max)},
      check);
  for (const auto* key : {"p50", "p90", "p99", "max"}) decoder.schema["anyOf"].push_back({{"required", {key}}});
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node, ExpectLatency& out) {
    if (!read(context, node, out)) return false;
    std::sort(out.limits.begin(), out.limits.end(), [](auto a, auto b) { return a.quantile < b.quantile; });
    return true;
  };
  return decoder;
}

Decoder<ExpectAttempts> expect_attempts_decoder() {
  constexpr std::uint32_t kMost = 1'000'000;
  auto decoder = map_decoder<ExpectAttempts>(
      "attempts",
      {field("stage", &ExpectAttempts::stage,
             optional_decoder(words_decoder<journal::Stage>("stage", stage_words(), {"resolve"})), "A stage."),
       field("to", &ExpectAttempts::to, counted_service_decoder(), "A service: requests that it answered are counted."),
       field("at_most", &ExpectAttempts::at_most, optional_decoder(small_integer_decoder(0, kMost)),
             "No camera tries more often."),
       field("at_least", &ExpectAttempts::at_least, optional_decoder(small_integer_decoder(1, kMost)),
             "Every camera tries as often.")},
      check_attempts);
  for (const auto* key : {"at_most", "at_least"}) decoder.schema["anyOf"].push_back({{"required", {key}}});
  for (const auto* key : {"stage", "to"}) decoder.schema["oneOf"].push_back({{"required", {key}}});
  return decoder;
}

}  // namespace firstlight::language
