#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "judge/checks/checks.hpp"
#include "language/event_fields.hpp"

namespace firstlight::judge {

namespace {

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

Refusal refusal(const language::ExpectRefused& e, const journal::Event& event) {
  switch (e.by) {
    case language::RefusedBy::broker:
      return by_broker(event);
    case language::RefusedBy::camera:
      return by_camera(event, e.stage);
    case language::RefusedBy::endorse:
    case language::RefusedBy::keys:
    case language::RefusedBy::config_api:
      break;
  }
  return by_service(event, language::refused_by_name(e.by));
}

bool answered_with(const language::ExpectRefused& e, const journal::Event& event) {
  const auto* served = std::get_if<journal::HttpServed>(&event.payload);
  return served != nullptr && served->service == language::refused_by_name(e.by) && served->status == *e.http_status;
}

struct Tally {
  std::vector<bool> refused, answered;
  std::map<std::string, std::vector<bool>> others;  // refused for another reason
  bool contact = false;
};

Tally count(const language::ExpectRefused& e, const CheckContext& context) {
  const std::vector<bool> none(context.fleet() + 1, false);
  Tally tally{none, none, {}, false};
  for (const auto& event : context.events) {
    if (event.camera == 0 || event.camera > context.fleet()) continue;
    const auto r = refusal(e, event);
    tally.contact = tally.contact || r.contact;
    if (e.http_status && answered_with(e, event)) tally.answered[event.camera] = true;
    if (r.reason.empty()) continue;
    if (language::error_spelling(r.reason) == e.reason)
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

}  // namespace

Finding check(const language::ExpectRefused& e, const CheckContext& context) {
  const auto tally = count(e, context);
  const auto side = std::string(language::refused_by_name(e.by));
  if (!tally.contact)
    return nothing_to_look_at(e.by == language::RefusedBy::camera
                                  ? "no camera told how a stage ended: there is nothing to look at"
                                  : fmt::format("no camera reached {}: there is nothing to look at", side));
  const auto counts = [&](std::uint32_t id) { return tally.refused[id] && (!e.http_status || tally.answered[id]); };
  const auto refused = context.cameras_where(counts);
  const auto fleet = context.fleet();
  const std::size_t least = e.cameras ? e.cameras->of(fleet) : e.at_least ? e.at_least->of(fleet) : 1;
  const std::size_t most = e.cameras ? least : fleet;

  Finding out;
  out.observed = fmt::format("{} of {} cameras refused by {} ({}{})", refused.size(), fleet,
                             e.by == language::RefusedBy::camera ? "themselves" : side, e.reason,
                             e.http_status ? fmt::format(", status {}", *e.http_status) : "");
  for (const auto& event : context.events)
    if (event.camera <= fleet && counts(event.camera) && language::error_spelling(refusal(e, event).reason) == e.reason)
      cite(out, event);
  if (refused.size() >= least && refused.size() <= most) {
    out.is_final = !e.cameras;
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

}  // namespace firstlight::judge
