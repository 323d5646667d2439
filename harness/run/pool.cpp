#include "harness/run/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/error.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/interrupt.hpp"

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {

constexpr auto kLook = 50ms;         // a process that ended is noticed at once, by the end of its output
constexpr auto kStartAndEnd = 3min;  // what a process may need beside its scenario's timeout, on a starved machine
constexpr auto kTeardown = 30s;      // after an interrupt
constexpr unsigned kOnePlace = 100;  // cameras; more of them take further places of --jobs

/// How many places a scenario takes: five hundred cameras beside nine other scenarios would measure the machine.
unsigned places_of(const language::Scenario& scenario, unsigned all) {
  return std::clamp(scenario.cameras.count / kOnePlace, 1U, all);
}

}  // namespace

Pool::Pool(const RunContext& run, std::vector<Play> plays)
    : run_(run),
      plays_(std::move(plays)),
      reports_(plays_.size()),
      progress_(run.options.verbosity, plays_.size(), jobs_of(run.options, plays_.size())),
      at_a_time_(jobs_of(run.options, plays_.size())) {}

std::vector<reports::ScenarioReport> Pool::run() {
  for (;;) {
    if (Interrupt::raised() && !interrupted_) note_interrupt();
    start_next();
    if (jobs_.empty() && next_ == plays_.size()) return std::move(reports_);
    wait();
    poll();
    show_progress();
  }
}

std::string Pool::reason_to_stop() const {
  if (interrupted_) return fmt::format("not run: the run was interrupted ({})", Interrupt::name());
  return stopped_ ? "not run: another scenario did not pass (--fail-fast)" : "";
}

bool Pool::has_room(const Play& play) const {
  auto taken = places_of(*play.scenario, at_a_time_);
  for (const auto& entry : jobs_) taken += places_of(*plays_[entry.first].scenario, at_a_time_);
  return taken <= at_a_time_;
}

void Pool::start_next() {
  while (next_ < plays_.size() && has_room(plays_[next_])) {
    const auto& play = plays_[next_++];
    const auto stop = reason_to_stop();
    if (!stop.empty() || !play.scenario->skip.empty()) {
      const auto why = stop.empty() ? "skipped: " + play.scenario->skip : stop;
      reports_[play.index] = skipped(*play.scenario, play.name, play.seed.value, why);
      apply_quarantine(reports_[play.index], *play.scenario, run_.started());
      if (stop.empty()) progress_.ends(play.name, judge::verdict_name(judge::Verdict::skipped), true, 0);
      continue;
    }
    progress_.starts(play.name);
    start(play, 1);
  }
}

void Pool::start(const Play& play, unsigned attempt) {
  Job job;
  job.attempt = attempt;
  job.started = SteadyClock::now();
  job.overdue = job.started + play.scenario->timeout + kStartAndEnd;
  try {
    const auto request = prepare(play, attempt, run_);
    const auto on_line = [this, &play](std::string_view line) { progress_.line_of(play.name, line); };
    job.child = std::make_unique<Child>(request, play.name, on_line);
  } catch (const ErrorException& e) {
    return ended(play, job, {e.what(), false});
  }
  jobs_.insert_or_assign(play.index, std::move(job));
}

void Pool::wait() const {
  std::vector<pollfd> descriptors;
  if (!interrupted_) descriptors.push_back({Interrupt::descriptor(), POLLIN, 0});
  for (const auto& entry : jobs_) entry.second.child->add_descriptors(descriptors);
  ::poll(descriptors.data(), descriptors.size(), static_cast<int>(kLook.count()));
}

void Pool::poll() {
  std::vector<std::pair<std::size_t, PlayEnd>> ends;
  const auto now = SteadyClock::now();
  for (auto& [index, job] : jobs_) {
    if (now > job.overdue && !job.hangs) {
      job.hangs = true;
      job.child->send(SIGKILL);
    }
    if (auto end = job.child->poll()) ends.emplace_back(index, std::move(*end));
  }
  for (auto& [index, end] : ends) {
    const auto job = std::move(jobs_.at(index));
    jobs_.erase(index);
    if (job.hangs) end = {"the process that played it did not end and was killed; " + end.trouble, true};
    ended(plays_[index], job, end);
  }
}

void Pool::ended(const Play& play, const Job& job, const PlayEnd& end) {
  auto& attempts = attempts_[play.index];
  attempts.push_back(assess(play, job.attempt, run_, end));
  const auto retry = job.attempt;  // the number of the next one
  const bool again = retry <= run_.options.retries && !interrupted_ && worth_a_retry(attempts.back()) &&
                     !in_quarantine(*play.scenario, run_.started());
  if (!again) return finish(play);
  progress_.retries(play.name, judge::verdict_name(attempts.back().verdict), retry, run_.options.retries);
  start(play, job.attempt + 1);
}

void Pool::finish(const Play& play) {
  auto report = settle(std::move(attempts_[play.index]));
  attempts_.erase(play.index);
  apply_quarantine(report, *play.scenario, run_.started());
  const std::vector verdict{report.verdict};
  const bool good = judge::exit_code(verdict, {false, report.bug, run_.options.flaky_fails}) == 0;
  progress_.ends(play.name, report.bug ? "a bug of firstlight" : judge::verdict_name(report.verdict), good,
                 report.duration_ms);
  stopped_ = stopped_ || (run_.options.fail_fast && !good);
  reports_[play.index] = std::move(report);
}

void Pool::note_interrupt() {
  interrupted_ = true;
  const auto until = SteadyClock::now() + kTeardown;
  for (auto& entry : jobs_) {
    entry.second.child->send(Interrupt::number());
    entry.second.overdue = std::min(entry.second.overdue, until);
  }
  if (!jobs_.empty())
    progress_.print_line(fmt::format("{}: {} scenario{} being ended; once more ends them without their reports",
                                     Interrupt::name(), jobs_.size(), jobs_.size() == 1 ? " is" : "s are"));
}

void Pool::show_progress() {
  std::vector<ProgressItem> playing;
  for (const auto& [index, job] : jobs_) playing.push_back({plays_[index].name, job.child->counts(), job.started});
  progress_.update(playing);
}

}  // namespace firstlight::harness
