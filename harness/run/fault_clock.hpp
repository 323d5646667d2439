// Carries out what happens at a moment: scheduled rules by the scenario's clock or after an event, ports that close and
// open, and the proof that a closed port was met. Owned by the player of one scenario; told of every event by the
// journal's observer, of refused connections by the lab, and asked to work by the main thread.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

#include "base/net/port_state.hpp"
#include "fault/engine.hpp"
#include "harness/lab/refused_connection.hpp"
#include "harness/plan/faults.hpp"
#include "journal/journal.hpp"

namespace firstlight::harness {

class FaultClock {
 public:
  /// Who does it. All are called on the thread that calls start() and work().
  struct FaultTargets {
    std::function<void(const fault::Rule&, std::uint32_t camera)> lab;
    std::function<void(const fault::Rule&, std::uint32_t camera)> fleet;
    std::function<void(const std::vector<ListenerId>& listeners, PortState state)> set_ports;  // only when that changes
    RefusalWitness witness = RefusalWitness::nobody;  // kernel: refused() is called; nobody: the cameras' word is taken
  };

  /// `plan` is what the engine's rules come to; both outlive the clock.
  FaultClock(fault::Engine& engine, const FaultPlan& plan) : engine_(engine), plan_(plan) {}

  /// Every event of the journal, in order; on the journal's thread. Events before start() strike, too.
  void observe(const journal::Event& event);

  /// A closed port was tried. From any thread; work() writes the proof.
  void refused(const RefusedConnection& connection);

  /// Scenario time 0 is `origin`. Closes the ports that are closed from then on, and leaves the rest to work(): call it
  /// before cameras are switched on, and work() after.
  void start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch, journal::Lane lane,
             FaultTargets targets);
  /// Does what is due by now. Call every few milliseconds, from one thread.
  void work(SteadyClock::time_point now);
  /// Whether the scenario may end although it has no fixed end: `settled` says that all cameras are online or have
  /// given up. Not while something is still to come, or came so recently that cameras may not have noticed. Call with
  /// every look, from one thread.
  [[nodiscard]] bool over(SteadyClock::time_point now, bool settled);

 private:
  struct Closing {
    const fault::Rule* rule;
    ListenerId listener;
    SteadyClock::time_point from, to;
  };
  /// A connection that was refused, by whoever saw it, and between which moments that was.
  struct Refusal {
    ListenerId listener;
    std::uint32_t camera;
    std::string peer;
    SteadyClock::time_point from, to;
  };
  void take(const journal::Event& event);
  void extend(const fault::Rule& rule, SteadyClock::time_point begins);
  void plan_windows(SteadyClock::time_point origin);
  void do_ports(SteadyClock::time_point now);
  [[nodiscard]] std::optional<Refusal> cameras_word(const journal::Event& event) const;
  [[nodiscard]] std::vector<const Closing*> closed_for(const Refusal& refusal) const;
  void prove(const Refusal& refusal);

  fault::Engine& engine_;
  const FaultPlan& plan_;
  FaultTargets targets_;
  journal::Lane lane_;
  SteadyClock::time_point epoch_;  // the journal's
  std::vector<Closing> closings_;
  std::set<SteadyClock::time_point> port_changes_;  // still to come: when a window begins or ends
  std::set<ListenerId> closed_;                     // now
  std::optional<SteadyClock::time_point> settled_since_;
  bool waits_for_events_ = false;  // a rule names an event, which the journal tells a moment late
  std::atomic<bool> started_{false};
  mutable std::mutex mutex_;               // of what follows
  SteadyClock::time_point last_moment_{};  // of what is known
  std::vector<journal::Event> early_;      // before start(): when they were in scenario time is not known yet
  std::vector<fault::Engine::Due> due_;
  std::vector<Refusal> refused_;
};

}  // namespace firstlight::harness
