#include "judge/check_context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "journal/journal.hpp"

namespace firstlight::judge {

namespace {

std::span<const journal::Event> until_run_ended(std::span<const journal::Event> all) {
  const auto end = std::find_if(all.begin(), all.end(), [](const journal::Event& e) {
    return std::holds_alternative<journal::RunEnded>(e.payload);
  });
  return all.first(static_cast<std::size_t>(end - all.begin()) + (end == all.end() ? 0 : 1));
}

}  // namespace

CheckContext::CheckContext(const language::Scenario& s, const Measurements& measured,
                           std::span<const journal::Event> all)
    : scenario(s), m(measured), events(until_run_ended(all)), faulted(s.cameras.count + 1, false) {
  for (const auto& e : events) {
    end_ns = std::max(end_ns, e.t_ns);
    if (e.camera < faulted.size() && std::holds_alternative<journal::FaultFired>(e.payload)) faulted[e.camera] = true;
  }
}

const CameraFacts& CheckContext::facts(std::uint32_t camera) const {
  static const CameraFacts kNeverSeen;
  const auto it = m.cameras.find(camera);
  return it == m.cameras.end() ? kNeverSeen : it->second;
}

Finding nothing_to_look_at(std::string why) {
  Finding finding;
  finding.verdict = Verdict::inconclusive;
  finding.observed = std::move(why);
  return finding;
}

void cite(Finding& finding, const journal::Event& event) {
  if (finding.evidence.size() >= kMostEvidence) return;
  const auto same = [&](const Evidence& p) { return p.lane == event.lane && p.sequence == event.sequence; };
  if (std::any_of(finding.evidence.begin(), finding.evidence.end(), same)) return;
  finding.evidence.push_back({event.lane, event.sequence, event.t_ns, journal::narrate(event)});
}

std::string where_they_are(const CheckContext& context) {
  std::map<std::string, int> count;
  for (std::uint32_t id = 1; id <= context.fleet(); ++id) {
    const auto& c = context.facts(id);
    if (!c.powered)
      ++count["not powered on yet"];
    else if (c.gave_up)
      ++count["gave up: " + c.gave_up_reason];
    else if (!c.online_at_end)
      ++count[fmt::format("at {}", c.stage ? journal::stage_name(*c.stage) : "power-on")];
  }
  std::vector<std::string> parts;
  for (const auto& [what, n] : count) parts.push_back(fmt::format("{} {}", n, what));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string name_cameras(const std::vector<std::uint32_t>& cameras) {
  constexpr std::size_t kShown = 5;
  if (cameras.size() == 1) return fmt::format("camera {}", cameras.front());
  const auto shown = std::min(cameras.size(), kShown);
  auto text =
      fmt::format("cameras {}", fmt::join(cameras.begin(), cameras.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return cameras.size() == shown ? text : fmt::format("{} and {} more", text, cameras.size() - shown);
}

std::string seconds_text(std::int64_t ns) {
  return fmt::format("{:.3f} s", static_cast<double>(ns) / 1e9);
}

}  // namespace firstlight::judge
