#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>

#include "decode/values.hpp"
#include "judge/expectation.hpp"
#include "language/event_fields.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"
#include "language/words.hpp"

namespace firstlight::judge {

namespace {

enum class RefusedBy : std::uint8_t { endorse, keys, config_api, broker, camera };

/// So many cameras were refused by that side for that reason; by the camera: it refused what it was given.
struct Refused final : CheckedExpectation {
  RefusedBy by{};
  std::string reason;                        // an error's name (base/error_list.def) or `http-403`
  std::optional<CameraSet> cameras;          // exactly so many; neither of the two: at least one
  std::optional<CameraSet> at_least;         // not together with `cameras`
  std::optional<std::uint32_t> http_status;  // the service also answered the camera with it
  std::optional<journal::Stage> stage;       // by the camera: at this stage only

  static Decoder<Refused> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

std::string_view refused_by_name(RefusedBy by) {
  switch (by) {
    case RefusedBy::endorse:
      return "endorse";
    case RefusedBy::keys:
      return "keys";
    case RefusedBy::config_api:
      return "config_api";
    case RefusedBy::broker:
      return "broker";
    case RefusedBy::camera:
      return "camera";
  }
  return "?";
}

bool check_reason(DecodeContext& context, const ValidatedKeys& keys, const Refused& e) {
  if (!keys.has("by") || !keys.has("reason")) return true;  // reported
  const bool http = http_reason(e.reason) != 0;
  const bool speaks_http = e.by != RefusedBy::broker && e.by != RefusedBy::camera;
  const bool only_http = e.by == RefusedBy::endorse || e.by == RefusedBy::keys;
  if (http == speaks_http || (!http && !only_http)) return true;
  if (http)
    context.error(keys.node("reason"), fmt::format("{} does not refuse with an HTTP status", refused_by_name(e.by)),
                  e.by == RefusedBy::camera ? "a camera that is refused so says http-status" : "");
  else
    context.error(keys.node("reason"), fmt::format("{} refuses with an HTTP status", refused_by_name(e.by)),
                  "for example http-403");
  return false;
}

bool check_refused(DecodeContext& context, const ValidatedKeys& keys, const Refused& e) {
  bool ok = check_reason(context, keys, e);
  const auto report = [&](std::string_view key, std::string text) {
    context.error(keys.node(key), std::move(text));
    ok = false;
  };
  if (keys.has("cameras") && keys.has("at_least"))
    report("at_least", "cameras says how many exactly, at_least how many at least: one of the two");
  if (!keys.has("by")) return ok;
  const bool service = e.by != RefusedBy::broker && e.by != RefusedBy::camera;
  if (keys.has("status") && !service)
    report("status", fmt::format("{} answers with no HTTP status", refused_by_name(e.by)));
  if (keys.has("stage") && e.by != RefusedBy::camera) report("stage", "a stage goes with by: camera");
  const auto told = keys.has("reason") ? http_reason(e.reason) : 0;
  if (keys.has("status") && told != 0 && told != *e.http_status)
    report("status", fmt::format("status {} contradicts the reason {}", *e.http_status, e.reason));
  return ok;
}

Decoder<Refused> Refused::decoder() {
  std::vector<Word<RefusedBy>> sides;
  for (const auto by :
       {RefusedBy::endorse, RefusedBy::keys, RefusedBy::config_api, RefusedBy::broker, RefusedBy::camera})
    sides.push_back({refused_by_name(by), by});
  return map_decoder<Refused>(
      "refused",
      {field("by", &Refused::by, words_decoder<RefusedBy>("side", std::move(sides)), "Who refuses.").required(),
       field("reason", &Refused::reason, refusal_reason_decoder(), "An error's name, or http-403 and the like.")
           .required(),
       field("cameras", &Refused::cameras, optional_decoder(camera_set_decoder()),
             "Exactly so many cameras. Without this and at_least: one at least."),
       field("at_least", &Refused::at_least, optional_decoder(camera_set_decoder()), "So many cameras at least."),
       field("status", &Refused::http_status, optional_decoder(small_integer_decoder(400, 599)),
             "The service also answered the camera with this HTTP status."),
       field("stage", &Refused::stage, optional_decoder(words_decoder<journal::Stage>("stage", stage_words())),
             "With by: camera, the stage in which it refused.")},
      check_refused);
}

std::string Refused::text() const {
  MapText map;
  map.add("by", std::string(refused_by_name(by))).add("reason", reason).add("stage", stage);
  return map.add("cameras", cameras).add("at_least", at_least).add("status", http_status).done();
}

std::vector<std::string> Refused::subjects() const {
  MapText map;
  map.add("by", std::string(refused_by_name(by))).add("reason", reason).add("stage", stage);
  return {map.add("status", http_status).done()};
}

/// Errors of these families are of steps before MQTT, which the broker never sees.
bool is_before_mqtt(std::string_view reason) {
  constexpr std::array<std::string_view, 5> kNotMqtt{"token-", "key-", "config-", "store-", "http-"};
  return std::any_of(kNotMqtt.begin(), kNotMqtt.end(), [&](auto family) { return reason.starts_with(family); });
}

void Refused::contradictions(ScenarioChecker& scenario) const {
  scenario.check_set(cameras, "cameras");
  scenario.check_set(at_least, "at_least");
  if (by == RefusedBy::broker && is_before_mqtt(reason))
    scenario.report(scenario.value("reason"), fmt::format("the broker never refuses with {}", reason),
                    "its reasons begin with certificate- or mqtt-, or it is service-unavailable");
}

/// Whether the event is a refusal of the side and for which reason; `contact`: the side met the camera at all.
struct Refusal {
  bool contact = false;
  std::string reason;  // empty: no refusal
};

Refusal by_broker(const journal::Event& event) {
  if (const auto* refused = std::get_if<journal::MqttRefused>(&event.payload)) return {true, refused->error};
  const bool other = std::holds_alternative<journal::MqttConnected>(event.payload);
  const auto* failed = std::get_if<journal::TlsFailed>(&event.payload);
  return {other || (failed != nullptr && event.source == journal::Source::edge), {}};
}

Refusal by_camera(const journal::Event& event, std::optional<journal::Stage> stage) {
  const auto* ended = std::get_if<journal::StageEnded>(&event.payload);
  if (ended == nullptr || event.source != journal::Source::camera || (stage && ended->stage != *stage)) return {};
  return {true, ended->ok ? "" : ended->error};
}

Refusal by_service(const journal::Event& event, std::string_view service) {
  if (const auto* served = std::get_if<journal::HttpServed>(&event.payload);
      served != nullptr && served->service == service)
    return {true, served->status >= 400 ? fmt::format("http-{}", served->status) : ""};
  const auto* rejected = std::get_if<journal::TokenRejected>(&event.payload);
  if (rejected != nullptr && journal::source_name(event.source) == service) return {true, rejected->error};
  return {};
}

Refusal refusal(const Refused& e, const journal::Event& event) {
  switch (e.by) {
    case RefusedBy::broker:
      return by_broker(event);
    case RefusedBy::camera:
      return by_camera(event, e.stage);
    case RefusedBy::endorse:
    case RefusedBy::keys:
    case RefusedBy::config_api:
      break;
  }
  return by_service(event, refused_by_name(e.by));
}

bool answered_with(const Refused& e, const journal::Event& event) {
  const auto* served = std::get_if<journal::HttpServed>(&event.payload);
  return served != nullptr && served->service == refused_by_name(e.by) && served->status == *e.http_status;
}

struct Tally {
  std::vector<bool> refused, answered;
  std::map<std::string, std::vector<bool>> others;  // refused for another reason
  bool contact = false;
};

Tally count(const Refused& e, const CheckContext& context) {
  const std::vector<bool> none(context.fleet() + 1, false);
  Tally tally{none, none, {}, false};
  for (const auto& event : context.events) {
    if (event.camera == 0 || event.camera > context.fleet()) continue;
    const auto r = refusal(e, event);
    tally.contact = tally.contact || r.contact;
    if (e.http_status && answered_with(e, event)) tally.answered[event.camera] = true;
    if (r.reason.empty()) continue;
    if (error_spelling(r.reason) == e.reason)
      tally.refused[event.camera] = true;
    else
      tally.others.try_emplace(r.reason, none).first->second[event.camera] = true;
  }
  return tally;
}

std::string other_reasons(const Tally& tally) {
  constexpr std::size_t kShown = 4;
  std::vector<std::string> texts;
  for (const auto& [reason, cameras] : tally.others)
    if (texts.size() < kShown)
      texts.push_back(fmt::format("{} of {}", reason, std::count(cameras.begin(), cameras.end(), true)));
  return texts.empty() ? "" : fmt::format("; other refusals: {}", fmt::join(texts, ", "));
}

Finding Refused::check(const CheckContext& context) const {
  const auto tally = count(*this, context);
  const auto side = std::string(refused_by_name(by));
  if (!tally.contact)
    return nothing_to_look_at(by == RefusedBy::camera
                                  ? "no camera told how a stage ended: there is nothing to look at"
                                  : fmt::format("no camera reached {}: there is nothing to look at", side));
  const auto counts = [&](std::uint32_t id) { return tally.refused[id] && (!http_status || tally.answered[id]); };
  const auto refused = context.cameras_where(counts);
  const auto fleet = context.fleet();
  const std::size_t least = cameras ? cameras->of(fleet) : at_least ? at_least->of(fleet) : 1;
  const std::size_t most = cameras ? least : fleet;

  Finding out;
  out.observed = fmt::format("{} of {} cameras refused by {} ({}{})", refused.size(), fleet,
                             by == RefusedBy::camera ? "themselves" : side, reason,
                             http_status ? fmt::format(", status {}", *http_status) : "");
  for (const auto& event : context.events)
    if (event.camera <= fleet && counts(event.camera) && error_spelling(refusal(*this, event).reason) == reason)
      cite(out, event);
  if (refused.size() >= least && refused.size() <= most) {
    out.is_final = !cameras;
    return out;
  }
  out.verdict = Verdict::fail;
  out.is_final = refused.size() > most;
  out.observed += other_reasons(tally);
  // Too few: those for which a fault fired and that were not refused, if there are any.
  out.cameras = context.cameras_where(
      [&](std::uint32_t id) { return counts(id) == out.is_final && (out.is_final || context.faulted[id]); });
  if (out.cameras.empty())
    out.cameras = context.cameras_where([&](std::uint32_t id) { return counts(id) == out.is_final; });
  return out;
}

}  // namespace

extern const ExpectationKind expect_refused;
const ExpectationKind expect_refused = kind_of<Refused>("refused", "How many cameras are refused, by whom and why.");

}  // namespace firstlight::judge
