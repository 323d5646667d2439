#include "harness/run/fault_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "fault/plans.hpp"

namespace firstlight::harness {

namespace {

using namespace std::chrono_literals;

/// How long a camera may take to notice what happened to it.
constexpr auto kAftermath = 1s;

/// The link that a stage connects over; nothing: none.
std::optional<fault::Point> link_of(journal::Stage stage) {
  const auto service = info_of(stage).service;
  const auto name = fmt::format("link.{}", service == "edge" ? "mqtt" : service);
  for (const auto link : fault::kLinks)
    if (fault::point_name(link) == name) return link;
  return std::nullopt;
}

/// How long Mosquitto then stays frozen or off, which cameras need not show.
Duration goes_on_for(const fault::Rule& rule) {
  if (rule.points.front() != fault::Point::broker) return Duration{0};
  fault::BrokerPlan plan;
  fault::Engine::apply(plan, rule);
  return plan.lasts;
}

}  // namespace

void FaultClock::observe(const journal::Event& event) {
  if (!started_) {
    const std::lock_guard lock(mutex_);
    if (!started_) return early_.push_back(event);
  }
  take(event);
}

void FaultClock::take(const journal::Event& event) {
  const auto struck = engine_.observe(event);
  const auto refused = targets_.witness == RefusalWitness::nobody ? cameras_word(event) : std::nullopt;
  if (struck.empty() && !refused) return;
  const std::lock_guard lock(mutex_);
  for (const auto& due : struck) {
    extend(*due.rule, due.at);
    if (due.rule->scheduled()) due_.push_back(due);
  }
  if (refused) refused_.push_back(*refused);
}

void FaultClock::refused(const RefusedConnection& connection) {
  const std::lock_guard lock(mutex_);
  refused_.push_back({connection.listener, connection.camera, connection.peer, connection.seen, connection.seen});
}

/// A camera's connection that was refused, at some moment of the stage that ended with it.
std::optional<FaultClock::Refusal> FaultClock::cameras_word(const journal::Event& event) const {
  const auto* ended = std::get_if<journal::StageEnded>(&event.payload);
  if (ended == nullptr || ended->error != error_name(Errc::connect_refused)) return {};
  const auto link = link_of(ended->stage);
  if (!link) return {};
  const auto& own = plan_.own_destination;
  const bool has_own = std::binary_search(own.begin(), own.end(), event.camera);
  const auto at = epoch_ + std::chrono::nanoseconds(event.t_ns);
  return Refusal{{*link, has_own ? event.camera : 0},
                 event.camera,
                 event.peer,
                 at - std::chrono::microseconds(ended->took_us),
                 at};
}

/// Under the mutex: the scenario lasts until the rule is over.
void FaultClock::extend(const fault::Rule& rule, SteadyClock::time_point begins) {
  auto ends = begins;
  if (rule.after && rule.after->lasts) ends += *rule.after->lasts;
  if (rule.between && rule.between->to) ends += *rule.between->to - rule.between->from;
  last_moment_ = std::max({last_moment_, ends, begins + goes_on_for(rule)});
}

void FaultClock::start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch, journal::Lane lane,
                       FaultTargets targets) {
  targets_ = std::move(targets);
  lane_ = std::move(lane);
  epoch_ = journal_epoch;
  engine_.start(origin, journal_epoch);
  plan_windows(origin);
  do_ports(origin);
  for (std::vector<journal::Event> early;; early.clear()) {
    {
      const std::lock_guard lock(mutex_);
      early.swap(early_);
      started_ = early.empty();
    }
    if (early.empty()) return;
    for (const auto& event : early) take(event);
  }
}

void FaultClock::plan_windows(SteadyClock::time_point origin) {
  const std::lock_guard lock(mutex_);
  for (const auto& rule : engine_.rules()) {
    waits_for_events_ = waits_for_events_ || rule.after;
    if (rule.between && !rule.scheduled()) extend(rule, origin + rule.between->from);
  }
  for (const auto& moment : plan_.moments) {
    const auto& rule = engine_.rules()[moment.rule];
    due_.push_back({&rule, moment.camera, origin + moment.at});
    extend(rule, origin + moment.at);
  }
  for (const auto& window : plan_.port_windows) {
    const auto& rule = engine_.rules()[window.rule];
    closings_.push_back({&rule, window.listener, origin + window.from, origin + window.to});
    port_changes_.insert({origin + window.from, origin + window.to});
    extend(rule, origin + window.from);
  }
}

/// A listener is closed while any window covers now, however many there are.
void FaultClock::do_ports(SteadyClock::time_point now) {
  const auto passed = port_changes_.upper_bound(now);
  if (passed == port_changes_.begin()) return;
  port_changes_.erase(port_changes_.begin(), passed);
  std::set<ListenerId> closed;
  for (const auto& closing : closings_)
    if (closing.from <= now && now < closing.to) closed.insert(closing.listener);
  std::vector<ListenerId> shut, open;
  std::set_difference(closed.begin(), closed.end(), closed_.begin(), closed_.end(), std::back_inserter(shut));
  std::set_difference(closed_.begin(), closed_.end(), closed.begin(), closed.end(), std::back_inserter(open));
  closed_ = std::move(closed);
  if (!shut.empty()) targets_.set_ports(shut, PortState::closed);
  if (!open.empty()) targets_.set_ports(open, PortState::open);
}

/// The windows in which the listener was closed at that time. The kernel is seen a moment after it refused: when no
/// window is open any more, it was in the one that ended last.
std::vector<const FaultClock::Closing*> FaultClock::closed_for(const Refusal& refusal) const {
  std::vector<const Closing*> open, ended;
  for (const auto& closing : closings_) {
    if (closing.listener != refusal.listener || refusal.to < closing.from) continue;
    if (refusal.from < closing.to) {
      open.push_back(&closing);
      continue;
    }
    if (!ended.empty() && ended.front()->to < closing.to) ended.clear();
    if (ended.empty() || ended.front()->to == closing.to) ended.push_back(&closing);
  }
  const bool kernel = targets_.witness == RefusalWitness::kernel;
  return open.empty() && kernel ? ended : open;
}

void FaultClock::prove(const Refusal& refusal) {
  const bool kernel = targets_.witness == RefusalWitness::kernel;
  for (const auto* closing : closed_for(refusal)) {
    fault::Injection injection(*closing->rule, refusal.listener.link, refusal.camera, 0);
    injection.fired(lane_, journal::Source::run, refusal.peer,
                    kernel ? "seen by the lab: the kernel refused the connection"
                           : "by the camera's own word: this kernel does not show refused connections");
  }
}

void FaultClock::work(SteadyClock::time_point now) {
  do_ports(now);
  std::vector<fault::Engine::Due> ready;
  std::vector<Refusal> refused;
  {
    const std::lock_guard lock(mutex_);
    refused.swap(refused_);
    const auto later = std::partition(due_.begin(), due_.end(), [&](const auto& due) { return due.at > now; });
    ready.assign(later, due_.end());
    due_.erase(later, due_.end());
    for (const auto& due : ready) last_moment_ = std::max(last_moment_, now + goes_on_for(*due.rule));
  }
  for (const auto& refusal : refused) prove(refusal);
  for (const auto& due : ready) {
    const auto& hand = due.rule->points.front() == fault::Point::camera ? targets_.fleet : targets_.lab;
    hand(*due.rule, due.camera);
  }
}

bool FaultClock::over(SteadyClock::time_point now, bool settled) {
  if (!settled) {
    settled_since_.reset();
    return false;
  }
  if (!settled_since_) settled_since_ = now;
  if (waits_for_events_ && now < *settled_since_ + kAftermath) return false;
  const std::lock_guard lock(mutex_);
  if (last_moment_ != SteadyClock::time_point{} && now < last_moment_ + kAftermath) return false;
  return due_.empty();
}

}  // namespace firstlight::harness
