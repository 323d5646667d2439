// Plays many scenarios, so many at a time: starts their processes, passes on an interrupt, retries, and keeps the
// reports in order. One object a run, owned by run_suite().
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "harness/run/attempt.hpp"

namespace firstlight::harness {

class Pool {
 public:
  Pool(const RunContext& run, std::vector<Play> plays);
  /// Returns when all have ended, or, after an interrupt, when those that were being played have.
  [[nodiscard]] std::vector<reports::ScenarioReport> run();

 private:
  struct Job {
    std::unique_ptr<Child> child;
    unsigned attempt = 1;
    SteadyClock::time_point started;
    SteadyClock::time_point overdue;  // a process that lives longer hangs
    bool hangs = false;
  };
  [[nodiscard]] bool has_room(const Play& play) const;
  void start_next();
  void start(const Play& play, unsigned attempt);
  void wait() const;
  void poll();
  void ended(const Play& play, const Job& job, const PlayEnd& end);
  void finish(const Play& play);
  void note_interrupt();
  void show_progress();
  [[nodiscard]] std::string reason_to_stop() const;

  const RunContext& run_;
  std::vector<Play> plays_;
  std::size_t next_ = 0;
  std::map<std::size_t, Job> jobs_;                                       // by the play's index
  std::map<std::size_t, std::vector<reports::ScenarioReport>> attempts_;  // of plays that have not settled
  std::vector<reports::ScenarioReport> reports_;                          // by the play's index
  Progress progress_;
  unsigned at_a_time_;
  bool stopped_ = false;      // by --fail-fast
  bool interrupted_ = false;  // and the processes know it
};

}  // namespace firstlight::harness
