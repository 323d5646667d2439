// Carries out what happens at a moment: scheduled rules by the scenario's clock or after an event, ports that close and
// open, and the proof that a refused port was met. Owned by the player of one scenario; told of every event by the
// journal's observer and asked to work by the main thread.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "fault/engine.hpp"
#include "journal/journal.hpp"

namespace firstlight::harness {

class FaultClock {
 public:
  /// Who does it. All are called on the thread that calls work().
  struct Hands {
    std::function<void(const fault::Rule&, std::uint32_t camera)> lab;
    std::function<void(const fault::Rule&, std::uint32_t camera)> fleet;
    std::function<void(const std::vector<fault::Point>& links, bool closed)> refuse;
  };

  explicit FaultClock(fault::Engine& engine) : engine_(engine) {}

  /// Every event of the journal, in order; on the journal's thread.
  void observe(const journal::Event& event);

  /// Scenario time 0 is `origin`.
  void start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch, journal::Lane lane, Hands hands);
  /// Does what is due by now. Call every few milliseconds, from one thread.
  void work(SteadyClock::time_point now);
  /// Whether the scenario may end although it has no fixed end: `settled` says that all cameras are online or have
  /// given up. Not while something is still to come, or came so recently that cameras may not have noticed. Call with
  /// every look, from one thread.
  [[nodiscard]] bool over(SteadyClock::time_point now, bool settled);

 private:
  struct Port {
    SteadyClock::time_point at;
    const fault::Rule* rule;
    bool closed;
  };
  void do_ports(SteadyClock::time_point now);
  void tell_refused(const journal::Event& event, const fault::Rule& rule);

  fault::Engine& engine_;
  Hands hands_;
  journal::Lane lane_;
  std::vector<Port> ports_;
  SteadyClock::time_point last_moment_{};  // of what is known
  std::optional<SteadyClock::time_point> settled_since_;
  bool waits_for_events_ = false;  // a rule names an event, which the journal tells a moment late
  mutable std::mutex mutex_;
  std::vector<fault::Engine::Due> due_;                                 // under the mutex
  std::vector<std::pair<journal::Event, const fault::Rule*>> refused_;  // under the mutex
};

}  // namespace firstlight::harness
