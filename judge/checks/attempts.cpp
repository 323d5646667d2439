#include <fmt/format.h>

#include <algorithm>

#include "judge/checks/checks.hpp"

namespace firstlight::judge {

namespace {

bool is_attempt(const language::ExpectAttempts& e, const journal::Event& event) {
  if (!e.to.empty()) {
    const auto* served = std::get_if<journal::HttpServed>(&event.payload);
    return served != nullptr && served->service == e.to;
  }
  const auto* started = std::get_if<journal::StageStarted>(&event.payload);
  return event.source == journal::Source::camera && started != nullptr && started->stage == *e.stage;
}

}  // namespace

Finding check(const language::ExpectAttempts& e, const CheckContext& context) {
  std::vector<std::uint32_t> count(context.fleet() + 1, 0);
  for (const auto& event : context.events)
    if (event.camera < count.size() && event.camera != 0 && is_attempt(e, event)) ++count[event.camera];
  const auto [least, most] = std::minmax_element(count.begin() + 1, count.end());

  const std::string what = e.to.empty() ? std::string(journal::stage_name(*e.stage)) : e.to;
  if (*most == 0 && !e.at_least)
    return nothing_to_look_at(fmt::format("no camera reached {}: there is nothing to count", what));
  Finding out;
  out.observed =
      fmt::format("{} to {} {} {} a camera", *least, *most, e.to.empty() ? "attempts of" : "requests to", what);
  const auto too_many = [&](std::uint32_t id) { return e.at_most && count[id] > *e.at_most; };
  const auto too_few = [&](std::uint32_t id) { return e.at_least && count[id] < *e.at_least; };
  out.cameras = context.cameras_where([&](std::uint32_t id) { return too_many(id) || too_few(id); });
  if (!out.cameras.empty()) out.verdict = Verdict::fail;
  out.is_final = out.cameras.empty() ? !e.at_most : e.at_most && *most > *e.at_most;
  // The attempts of the first camera concerned; when all is well those of the one with most.
  const auto shown = out.cameras.empty() ? static_cast<std::uint32_t>(most - count.begin()) : out.cameras.front();
  for (const auto& event : context.events)
    if (event.camera == shown && is_attempt(e, event)) cite(out, event);
  return out;
}

}  // namespace firstlight::judge
