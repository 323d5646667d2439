#include <fmt/format.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/expectation.hpp"
#include "language/map_text.hpp"
#include "language/words.hpp"

namespace firstlight::judge {

namespace {

/// Each camera's number of attempts: of a stage (StageStarted events) or of requests that a service served.
struct Attempts final : CheckedExpectation {
  std::optional<journal::Stage> stage;   // exactly one of stage and to
  std::string to;                        // endorse, keys, config_api; empty: a stage is counted
  std::optional<std::uint32_t> at_most;  // at least one of the two is set
  std::optional<std::uint32_t> at_least;

  static Decoder<Attempts> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

Decoder<std::string> counted_service_decoder() {
  return words_decoder<std::string>("service",
                                    {{"endorse", "endorse"}, {"keys", "keys"}, {"config_api", "config_api"}});
}

bool check_attempts(DecodeContext& context, const ValidatedKeys& keys, const Attempts& attempts) {
  if (!needs_one_of(context, keys, "attempts", {"stage", "to"})) return false;
  if (keys.has("stage") && keys.has("to"))
    return context.error(keys.node("to"), "attempts are those of a stage or those to a service, not both");
  if (!needs_one_of(context, keys, "attempts", {"at_most", "at_least"})) return false;
  if (!keys.has("at_most") || !keys.has("at_least") || *attempts.at_least <= *attempts.at_most) return true;
  context.error(keys.node("at_least"),
                fmt::format("at least {} and at most {} contradict each other", *attempts.at_least, *attempts.at_most));
  return false;
}

Decoder<Attempts> Attempts::decoder() {
  constexpr std::uint32_t kMost = 1'000'000;
  auto decoder = map_decoder<Attempts>(
      "attempts",
      {field("stage", &Attempts::stage,
             optional_decoder(words_decoder<journal::Stage>("stage", stage_words(), {"resolve"})), "A stage."),
       field("to", &Attempts::to, counted_service_decoder(), "A service: requests that it answered are counted."),
       field("at_most", &Attempts::at_most, optional_decoder(small_integer_decoder(0, kMost)),
             "No camera tries more often."),
       field("at_least", &Attempts::at_least, optional_decoder(small_integer_decoder(1, kMost)),
             "Every camera tries as often.")},
      check_attempts);
  for (const auto* key : {"at_most", "at_least"}) decoder.schema["anyOf"].push_back({{"required", {key}}});
  for (const auto* key : {"stage", "to"}) decoder.schema["oneOf"].push_back({{"required", {key}}});
  return decoder;
}

std::string Attempts::text() const {
  MapText map;
  if (!to.empty()) map.add("to", to);
  return map.add("stage", stage).add("at_most", at_most).add("at_least", at_least).done();
}

std::vector<std::string> Attempts::subjects() const {
  const auto what = stage ? std::string(journal::stage_name(*stage)) : "to " + to;
  std::vector<std::string> bounds;
  if (at_most) bounds.push_back(what + " at_most");
  if (at_least) bounds.push_back(what + " at_least");
  return bounds;
}

bool is_attempt(const Attempts& e, const journal::Event& event) {
  if (!e.to.empty()) {
    const auto* served = std::get_if<journal::HttpServed>(&event.payload);
    return served != nullptr && served->service == e.to;
  }
  const auto* started = std::get_if<journal::StageStarted>(&event.payload);
  return event.source == journal::Source::camera && started != nullptr && started->stage == *e.stage;
}

Finding Attempts::check(const CheckContext& context) const {
  std::vector<std::uint32_t> count(context.fleet() + 1, 0);
  for (const auto& event : context.events)
    if (event.camera < count.size() && event.camera != 0 && is_attempt(*this, event)) ++count[event.camera];
  const auto [least, most] = std::minmax_element(count.begin() + 1, count.end());

  const std::string what = to.empty() ? std::string(journal::stage_name(*stage)) : to;
  if (*most == 0 && !at_least)
    return nothing_to_look_at(fmt::format("no camera reached {}: there is nothing to count", what));
  Finding out;
  out.observed =
      fmt::format("{} to {} {} {} a camera", *least, *most, to.empty() ? "attempts of" : "requests to", what);
  const auto too_many = [&](std::uint32_t id) { return at_most && count[id] > *at_most; };
  const auto too_few = [&](std::uint32_t id) { return at_least && count[id] < *at_least; };
  out.cameras = context.cameras_where([&](std::uint32_t id) { return too_many(id) || too_few(id); });
  if (!out.cameras.empty()) out.verdict = Verdict::fail;
  out.is_final = out.cameras.empty() ? !at_most : at_most && *most > *at_most;
  // The attempts of the first camera concerned; when all is well those of the one with most.
  const auto shown = out.cameras.empty() ? static_cast<std::uint32_t>(most - count.begin()) : out.cameras.front();
  for (const auto& event : context.events)
    if (event.camera == shown && is_attempt(*this, event)) cite(out, event);
  return out;
}

}  // namespace

extern const ExpectationKind expect_attempts;
const ExpectationKind expect_attempts = kind_of<Attempts>("attempts", "How often each camera tries a stage.");

}  // namespace firstlight::judge
