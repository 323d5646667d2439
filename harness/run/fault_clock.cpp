#include "harness/run/fault_clock.hpp"

#include <algorithm>

namespace firstlight::harness {

namespace {

using namespace std::chrono_literals;

/// How long a camera may take to notice what happened to it.
constexpr auto kAftermath = 1s;

bool is_refusal(const fault::Rule& rule) {
  return rule.effect->name == "refuse";
}

/// The link that a stage connects over; nothing: none.
std::optional<fault::Point> link_of(journal::Stage stage) {
  switch (stage) {
    case journal::Stage::endorse:
      return fault::Point::link_endorse;
    case journal::Stage::verify:
      return fault::Point::link_keys;
    case journal::Stage::config:
      return fault::Point::link_config_api;
    case journal::Stage::mqtt_connect:
      return fault::Point::link_mqtt;
    default:
      return {};
  }
}

}  // namespace

void FaultClock::observe(const journal::Event& event) {
  auto due = engine_.observe(event);
  const auto* ended = std::get_if<journal::StageEnded>(&event.payload);
  const bool refused = ended && ended->error == error_name(Errc::connect_refused);
  if (due.empty() && !refused) return;
  const std::lock_guard lock(mutex_);
  due_.insert(due_.end(), due.begin(), due.end());
  if (!refused) return;
  const auto link = link_of(ended->stage);
  for (const auto& rule : engine_.rules())
    if (link && is_refusal(rule) && std::find(rule.points.begin(), rule.points.end(), *link) != rule.points.end())
      refused_.emplace_back(event, &rule);
}

void FaultClock::start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch, journal::Lane lane,
                       Hands hands) {
  hands_ = std::move(hands);
  lane_ = std::move(lane);
  engine_.start(origin, journal_epoch);
  const std::lock_guard lock(mutex_);
  for (const auto& rule : engine_.rules()) {
    waits_for_events_ = waits_for_events_ || rule.after;
    if (!rule.between) continue;
    last_moment_ = std::max(last_moment_, origin + rule.between->to.value_or(rule.between->from));
    if (!is_refusal(rule)) continue;
    ports_.push_back({origin + rule.between->from, &rule, true});
    ports_.push_back({origin + *rule.between->to, &rule, false});
  }
  for (const auto& due : engine_.timetable())
    if (!is_refusal(*due.rule)) due_.push_back(due);
}

void FaultClock::do_ports(SteadyClock::time_point now) {
  std::erase_if(ports_, [&](const Port& port) {
    if (port.at > now) return false;
    hands_.refuse(port.rule->points, port.closed);
    return true;
  });
}

void FaultClock::tell_refused(const journal::Event& event, const fault::Rule& rule) {
  const auto& ended = std::get<journal::StageEnded>(event.payload);
  fault::Shot shot(rule, *link_of(ended.stage), event.camera, 0);
  shot.fired(lane_, journal::Source::run, event.peer, "the camera's connection was refused");
}

void FaultClock::work(SteadyClock::time_point now) {
  do_ports(now);
  std::vector<fault::Engine::Due> ready;
  std::vector<std::pair<journal::Event, const fault::Rule*>> refused;
  {
    const std::lock_guard lock(mutex_);
    refused.swap(refused_);
    const auto later = std::partition(due_.begin(), due_.end(), [&](const auto& due) { return due.at > now; });
    ready.assign(later, due_.end());
    due_.erase(later, due_.end());
  }
  for (const auto& [event, rule] : refused) tell_refused(event, *rule);
  for (const auto& due : ready) {
    last_moment_ = std::max(last_moment_, now);
    const auto& hand = due.rule->points.front() == fault::Point::camera ? hands_.fleet : hands_.lab;
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
  if (last_moment_ != SteadyClock::time_point{} && now < last_moment_ + kAftermath) return false;
  const std::lock_guard lock(mutex_);
  return due_.empty();
}

}  // namespace firstlight::harness
