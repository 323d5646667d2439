// Decides, at each point and attempt, what breaks; the lab's servers, the edge, the fleet and the runner consult it. A
// decision is a function of the seed and the attempt alone, unless the rule names a time or an event. Consulting is
// thread-safe and takes no lock; where no rule applies it is one look at an array.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "fault/rule.hpp"
#include "journal/journal.hpp"

namespace firstlight::fault {

/// One rule that applies to one attempt. The point calls fired() at the moment when it really breaks something: that
/// is the proof in the journal.
class Injection {
 public:
  Injection(const Rule& rule, Point point, std::uint32_t camera, std::uint32_t attempt)
      : rule_(&rule), point_(point), camera_(camera), attempt_(attempt) {}
  [[nodiscard]] const Rule& rule() const { return *rule_; }
  [[nodiscard]] Point point() const { return point_; }
  [[nodiscard]] std::uint32_t camera() const { return camera_; }
  [[nodiscard]] std::uint32_t attempt() const { return attempt_; }
  /// Journals the firing, once; later calls do nothing.
  void fired(journal::Lane& lane, journal::Source source, std::string peer, std::string detail = {});
  [[nodiscard]] bool has_fired() const { return fired_; }

 private:
  const Rule* rule_;
  Point point_;
  std::uint32_t camera_;
  std::uint32_t attempt_;
  bool fired_ = false;
};
using Injections = std::vector<Injection>;

/// Counts attempts by camera and point. One a shard: a camera's connections to one service share a shard.
class AttemptCounter {
 public:
  std::uint32_t next(Point point, std::uint32_t camera) { return ++counts_[key(point, camera)]; }

 private:
  static std::uint64_t key(Point point, std::uint32_t camera) {
    return std::uint64_t{camera} << 8 | static_cast<std::uint8_t>(point);
  }
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
};

class Engine {
 public:
  Engine() = default;  // without rules
  Engine(std::uint64_t seed, std::string scenario, std::uint32_t cameras, std::vector<Rule> rules);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Whether any rule may apply at the point: false for nearly all, and then no attempt need be counted.
  [[nodiscard]] bool watches(Point point) const { return !by_point_[static_cast<std::size_t>(point)].empty(); }

  /// Rules by attempt that apply now.
  [[nodiscard]] Injections consult(Point point, std::uint32_t camera, std::uint32_t attempt) const;
  /// The same without regard to time: for effects that look at active() themselves while a connection lives.
  [[nodiscard]] Injections consult_at_any_time(Point point, std::uint32_t camera, std::uint32_t attempt) const;
  /// Whether a rule's window is open, or its event has struck, for this camera now.
  [[nodiscard]] bool active(const Rule& rule, std::uint32_t camera) const;

  /// When active() may change; nothing: it stays.
  [[nodiscard]] std::optional<SteadyClock::time_point> next_change(const Rule& rule, std::uint32_t camera) const;
  /// A stream of draws for one injection: the same for the same seed.
  [[nodiscard]] RandomStream random(const Injection& injection) const;

  /// Consults and edits the plan with every effect that applies, in the scenario's order.
  template <class Plan>
  Injections edit(Plan& plan, Point point, std::uint32_t camera, std::uint32_t attempt) const {
    auto injections = consult(point, camera, attempt);
    for (const auto& injection : injections) apply(plan, injection.rule());
    return injections;
  }
  template <class Plan>
  static void apply(Plan& plan, const Rule& rule) {
    static_cast<const EffectOn<Plan>*>(rule.effect)->apply(plan, rule.arguments);
  }

  /// Scenario time 0, and the journal's. Before it no window is open.
  void start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch);
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

  /// A rule and when it strikes. A scheduled one is then to be done: by whom the runner decides (broker, fleet, edge,
  /// registry). `camera` 0: none.
  struct Due {
    const Rule* rule = nullptr;
    std::uint32_t camera = 0;
    SteadyClock::time_point at;
  };
  /// Scheduled rules with `between`, for every camera that they concern, or once what is lab-wide; after start().
  [[nodiscard]] std::vector<Due> timetable() const;
  /// Tells the engine of an event, so that triggers strike; the rules that it set going are returned, those by attempt
  /// among them (but no scheduled one that its probability spared). After start(), in the journal's order.
  [[nodiscard]] std::vector<Due> observe(const journal::Event& event);

 private:
  struct Armed {  // when the trigger of a rule struck, by camera; [0]: for any
    std::unique_ptr<std::atomic<std::int64_t>[]> at_ns;
  };
  [[nodiscard]] bool draws(const Rule& rule, Point point, std::uint32_t camera, std::uint32_t attempt) const;
  [[nodiscard]] std::int64_t elapsed_ns() const;

  std::uint64_t seed_ = 0;
  std::string scenario_;
  std::uint32_t cameras_ = 0;
  std::vector<Rule> rules_;
  std::vector<std::string> draw_ids_;                             // scenario/rule, by rule
  std::vector<Armed> armed_;                                      // by rule
  std::array<std::vector<std::uint32_t>, kPointCount> by_point_;  // rules by attempt
  std::atomic<std::int64_t> origin_ns_{INT64_MAX};                // of SteadyClock
  std::atomic<std::int64_t> epoch_ns_{0};                         // the journal's
};

}  // namespace firstlight::fault
