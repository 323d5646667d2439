#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/event_search.hpp"
#include "judge/expectation.hpp"
#include "language/event_fields.hpp"
#include "language/event_pattern.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"

namespace firstlight::judge {

namespace {

/// Where a camera has several of these events, their first occurrences are in this order.
struct Order final : CheckedExpectation {
  std::vector<EventPattern> events;  // two at least
  std::optional<CameraSet> cameras;  // at least so many have all of them; nothing: at least one

  static Decoder<Order> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

/// Two events at least, none of them twice, and one of a camera among them: cameras keep an order.
Decoder<std::vector<EventPattern>> events_decoder() {
  auto decoder = list_decoder("order", pattern_decoder());
  decoder.schema["minItems"] = 2;
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node,
                                                  std::vector<EventPattern>& out) {
    if (!read(context, node, out)) return false;
    if (out.size() < 2) return context.error(node, "an order has two events at least");
    for (std::size_t i = 1; i < out.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (out[i] == out[j])
          return context.error(*node.items[i], "this event is in the order already; first occurrences are compared");
    if (std::any_of(out.begin(), out.end(), [](const auto& e) { return !has_no_camera(e.event); })) return true;
    context.error(node, "cameras keep an order, and none of these events is a camera's",
                  "add one of a camera, such as camera_online");
    return false;
  };
  return decoder;
}

Decoder<Order> Order::decoder() {
  auto list = events_decoder();
  auto map =
      map_decoder<Order>("order", {field("events", &Order::events, events_decoder(), "In this order.").required(),
                                   field("cameras", &Order::cameras, optional_decoder(camera_set_decoder()),
                                         "So many cameras at least have all of them. Without it: one.")});
  Decoder<Order> decoder;
  decoder.schema["anyOf"] = {list.schema, map.schema};
  decoder.read = [list = std::move(list.read), map = std::move(map.read)](DecodeContext& context, const Node& node,
                                                                          Order& out) {
    if (node.kind == Node::Kind::map) return map(context, node, out);
    return list(context, node, out.events);
  };
  return decoder;
}

std::string events_text(const std::vector<EventPattern>& events) {
  std::vector<std::string> texts;
  for (const auto& pattern : events) texts.push_back(text_of(pattern));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string Order::text() const {
  const auto list = events_text(events);
  return cameras ? MapText().add("events", list).add("cameras", cameras).done() : list;
}

std::vector<std::string> Order::subjects() const {
  return {events_text(events)};
}

void Order::contradictions(ScenarioChecker& scenario) const {
  scenario.check_set(cameras, "cameras");
  const Node& list = scenario.value().kind == Node::Kind::map ? scenario.value("events") : scenario.value();
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i].event == journal::RunEnded::kName)
      scenario.report(*list.items[i],
                      "all events come before run_ended and none comes after it, so its place says nothing");
}

using Firsts = std::vector<const journal::Event*>;  // one an event of the expectation; null: not there

/// By camera; at 0 those of no camera.
std::vector<Firsts> first_occurrences(const Order& expect, const CheckContext& context) {
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

Finding Order::check(const CheckContext& context) const {
  Finding out;
  std::uint32_t complete = 0, begun = 0;
  auto found = first_occurrences(*this, context);
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
                                   events[*wrong].event);
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
      fmt::format("{} of {} cameras have all {} events in this order", complete, context.fleet(), events.size());
  if (cameras && complete < cameras->of(context.fleet())) {
    out.verdict = Verdict::fail;
    out.cameras = incomplete;
  } else if (complete == 0) {
    return nothing_to_look_at("no camera has all of these events: their order cannot be seen");
  }
  return out;
}

}  // namespace

extern const ExpectationKind expect_order;
const ExpectationKind expect_order = kind_of<Order>("order", "Events whose first occurrences come in this order.");

}  // namespace firstlight::judge
