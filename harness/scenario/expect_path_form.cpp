#include "harness/scenario/expect_form.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

std::vector<Word<journal::Stage>> stage_words() {
  std::vector<Word<journal::Stage>> words;
  for (std::size_t i = 0; i < journal::kStageCount; ++i) {
    const auto stage = static_cast<journal::Stage>(i);
    words.push_back({journal::stage_name(stage), stage});
  }
  return words;
}

/// At least one of the keys must be there, right or wrong.
bool needs_one_of(Reading& reading, const Good& good, std::string_view map, const std::vector<std::string_view>& keys) {
  for (const auto key : keys)
    if (good.map.find(key)) return true;
  reading.mistake(good.map.key ? *good.map.key : good.map,
                  fmt::format("{} needs at least one of {}", map, fmt::join(keys, ", ")));
  return false;
}

namespace {

Form<LatencyStage> latency_stage_form() {
  std::vector<Word<LatencyStage>> words{{"total", {}}};
  for (const auto& w : stage_words()) words.push_back({w.text, w.value});
  return words_form<LatencyStage>("stage", std::move(words), {"resolve"});
}

/// A limit for one quantile, appended to the list.
Field<ExpectLatency> limit_field(Quantile quantile) {
  auto limit = upper_limit_form();
  Form<ExpectLatency> form;
  form.schema = std::move(limit.schema);
  form.read = [read = std::move(limit.read), quantile](Reading& reading, const Node& node, ExpectLatency& out) {
    LatencyLimit value{quantile, {}};
    if (!read(reading, node, value.below)) return false;
    out.limits.push_back(value);
    return true;
  };
  const auto name = std::string(quantile_name(quantile));
  return field_of_all(name, std::move(form), "An upper limit, such as \"< 5s\".");
}

Form<std::string> counted_service_form() {
  return words_form<std::string>("service", {{"endorse", "endorse"}, {"keys", "keys"}, {"config_api", "config_api"}});
}

bool check_attempts(Reading& reading, const Good& good, const ExpectAttempts& attempts) {
  if (!needs_one_of(reading, good, "attempts", {"stage", "to"})) return false;
  if (good.has("stage") && good.has("to"))
    return reading.mistake(good.node("to"), "attempts are those of a stage or those to a service, not both"), false;
  if (!needs_one_of(reading, good, "attempts", {"at_most", "at_least"})) return false;
  if (!good.has("at_most") || !good.has("at_least") || *attempts.at_least <= *attempts.at_most) return true;
  reading.mistake(good.node("at_least"), fmt::format("at least {} and at most {} contradict each other",
                                                     *attempts.at_least, *attempts.at_most));
  return false;
}

}  // namespace

Form<ExpectOnline> expect_online_form() {
  return map_form<ExpectOnline>(
      "online", {field("cameras", &ExpectOnline::cameras, camera_set_form(), "How many cameras at least.").required(),
                 field("within", &ExpectOnline::within, optional_form(duration_form()),
                       "After the scenario's start. Without it: by the scenario's end.")});
}

Form<ExpectLatency> expect_latency_form() {
  const auto check = [](Reading& reading, const Good& good, const ExpectLatency&) {
    return needs_one_of(reading, good, "latency", {"p50", "p90", "p99", "max"});
  };
  auto form = map_form<ExpectLatency>(
      "latency",
      {field("stage", &ExpectLatency::stage, latency_stage_form(), "A stage, or total: power-on to online.").required(),
       limit_field(Quantile::p50), limit_field(Quantile::p90), limit_field(Quantile::p99), limit_field(Quantile::max)},
      check);
  for (const auto* key : {"p50", "p90", "p99", "max"}) form.schema["anyOf"].push_back({{"required", {key}}});
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, ExpectLatency& out) {
    if (!read(reading, node, out)) return false;
    std::sort(out.limits.begin(), out.limits.end(), [](auto a, auto b) { return a.quantile < b.quantile; });
    return true;
  };
  return form;
}

Form<ExpectAttempts> expect_attempts_form() {
  constexpr std::uint32_t kMost = 1'000'000;
  auto form = map_form<ExpectAttempts>(
      "attempts",
      {field("stage", &ExpectAttempts::stage,
             optional_form(words_form<journal::Stage>("stage", stage_words(), {"resolve"})), "A stage."),
       field("to", &ExpectAttempts::to, counted_service_form(), "A service: requests that it answered are counted."),
       field("at_most", &ExpectAttempts::at_most, optional_form(small_integer_form(0, kMost)),
             "No camera tries more often."),
       field("at_least", &ExpectAttempts::at_least, optional_form(small_integer_form(1, kMost)),
             "Every camera tries as often.")},
      check_attempts);
  for (const auto* key : {"at_most", "at_least"}) form.schema["anyOf"].push_back({{"required", {key}}});
  for (const auto* key : {"stage", "to"}) form.schema["oneOf"].push_back({{"required", {key}}});
  return form;
}

}  // namespace firstlight::harness
