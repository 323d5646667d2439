#include <fmt/format.h>

#include <algorithm>

#include "judge/checks/checks.hpp"
#include "judge/checks/pattern.hpp"

namespace firstlight::judge {

namespace {

using Firsts = std::vector<const journal::Event*>;  // one an event of the expectation; null: not there

/// By camera; at 0 those of no camera.
std::vector<Firsts> first_occurrences(const language::ExpectOrder& expect, const CheckContext& context) {
  std::vector<Firsts> found(context.fleet() + 1, Firsts(expect.events.size(), nullptr));
  for (const auto& e : context.events) {
    if (e.camera > context.fleet()) continue;
    for (std::size_t i = 0; i < expect.events.size(); ++i) {
      auto& first = found[e.camera][i];
      if (!matches(expect.events[i], e)) continue;
      if (first == nullptr || happened_ns(e) < happened_ns(*first)) first = &e;
    }
  }
  return found;
}

std::ptrdiff_t count_of(const Firsts& firsts) {
  return std::count_if(firsts.begin(), firsts.end(), [](const auto* e) { return e != nullptr; });
}

/// What no camera did (the broker started) happened to each of them, where it has no such event of its own.
void take_shared(Firsts& own, const Firsts& shared) {
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i] == nullptr) own[i] = shared[i];
}

/// The index of the first event that another one of a later place came before, or that is missing although the camera
/// has a later one; nothing when it kept the order as far as it came.
std::optional<std::size_t> first_wrong(const Firsts& firsts) {
  for (std::size_t i = 0; i + 1 < firsts.size(); ++i)
    for (std::size_t later = i + 1; later < firsts.size(); ++later) {
      if (firsts[later] == nullptr || (firsts[i] == nullptr && firsts[later]->camera == 0)) continue;
      if (firsts[i] == nullptr || happened_ns(*firsts[later]) < happened_ns(*firsts[i])) return i;
    }
  return {};
}

}  // namespace

Finding check(const language::ExpectOrder& expect, const CheckContext& context) {
  Finding out;
  std::uint32_t complete = 0, begun = 0;
  auto found = first_occurrences(expect, context);
  std::vector<std::uint32_t> incomplete;
  for (std::uint32_t id = 1; id <= context.fleet(); ++id) {
    auto& firsts = found[id];
    const bool has_begun = count_of(firsts) > 0;
    if (has_begun) ++begun;
    take_shared(firsts, found[0]);
    const auto there = count_of(firsts);
    const auto wrong = has_begun ? first_wrong(firsts) : std::nullopt;
    if (wrong) {
      out.cameras.push_back(id);
      if (out.cameras.size() == 1)
        out.observed = fmt::format("camera {} has {} {}", id,
                                   firsts[*wrong] == nullptr ? "what should follow and no" : "only later its first",
                                   expect.events[*wrong].event);
    }
    const bool all = has_begun && there == static_cast<std::ptrdiff_t>(firsts.size()) && !wrong;
    if (all) ++complete;
    if (!all) incomplete.push_back(id);
    if (wrong ? out.cameras.size() == 1 : all && out.cameras.empty() && complete == 1) {
      out.evidence.clear();
      auto sorted = firsts;
      std::erase(sorted, nullptr);
      std::stable_sort(sorted.begin(), sorted.end(),
                       [](auto* a, auto* b) { return happened_ns(*a) < happened_ns(*b); });
      for (const auto* e : sorted) cite(out, *e);
    }
  }
  if (!out.cameras.empty()) {
    out.verdict = Verdict::fail;
    out.is_final = true;
    out.observed += fmt::format("; {} of {} cameras out of order", out.cameras.size(), begun);
    return out;
  }
  if (begun == 0) return nothing_to_look_at("no camera has any of these events: there is nothing to look at");
  out.observed =
      fmt::format("{} of {} cameras have all {} events in this order", complete, context.fleet(), expect.events.size());
  if (expect.cameras && complete < expect.cameras->of(context.fleet())) {
    out.verdict = Verdict::fail;
    out.cameras = incomplete;
  } else if (complete == 0) {
    return nothing_to_look_at("no camera has all of these events: their order cannot be seen");
  }
  return out;
}

}  // namespace firstlight::judge
