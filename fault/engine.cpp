#include "fault/engine.hpp"

namespace firstlight::fault {

namespace {

std::int64_t ns_of(SteadyClock::time_point t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}
std::int64_t ns_of(Duration d) {
  return d.count() * 1000;
}
SteadyClock::time_point point_of(std::int64_t ns) {
  return SteadyClock::time_point(std::chrono::duration_cast<SteadyClock::duration>(std::chrono::nanoseconds(ns)));
}
constexpr std::int64_t kNever = INT64_MAX;

bool within(std::int64_t now, std::int64_t from, const std::optional<Duration>& lasts) {
  return from != kNever && now >= from && (!lasts || now - from < ns_of(*lasts));
}

/// Which camera's events arm the rule: its own, or at a point that no camera has, anybody's.
std::uint32_t slot(const Rule& rule, std::uint32_t camera, std::uint32_t cameras) {
  return rule.points.front() == Point::broker || camera > cameras ? 0 : camera;
}

}  // namespace

void Injection::fired(journal::Lane& lane, journal::Source source, std::string peer, std::string detail) {
  if (std::exchange(fired_, true)) return;
  journal::FaultFired event;
  event.rule = rule_->id;
  event.point = point_name(point_);
  event.effect = rule_->effect->name;
  event.attempt = attempt_;
  event.detail = std::move(detail);
  lane.append(source, camera_, std::move(peer), std::move(event));
}

Engine::Engine(std::uint64_t seed, std::string scenario, std::uint32_t cameras, std::vector<Rule> rules)
    : seed_(seed), scenario_(std::move(scenario)), cameras_(cameras), rules_(std::move(rules)) {
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    draw_ids_.push_back(scenario_ + "/" + rule.id);
    auto& armed = armed_.emplace_back();
    if (rule.after) {
      armed.at_ns = std::make_unique<std::atomic<std::int64_t>[]>(cameras_ + 1);
      for (std::uint32_t c = 0; c <= cameras_; ++c) armed.at_ns[c] = kNever;
    }
    if (rule.scheduled()) continue;
    for (const auto point : rule.points) by_point_[static_cast<std::size_t>(point)].push_back(i);
  }
}

void Engine::start(SteadyClock::time_point origin, SteadyClock::time_point journal_epoch) {
  epoch_ns_ = ns_of(journal_epoch);
  origin_ns_ = ns_of(origin);
}

std::int64_t Engine::elapsed_ns() const {
  const auto origin = origin_ns_.load(std::memory_order_relaxed);
  return origin == kNever ? -1 : ns_of(SteadyClock::now()) - origin;
}

bool Engine::draws(const Rule& rule, Point point, std::uint32_t camera, std::uint32_t attempt) const {
  if (rule.probability >= 1) return true;
  const auto& id = draw_ids_[static_cast<std::size_t>(&rule - rules_.data())];
  return draw_unit({seed_, camera, point_name(point), attempt, id}) < rule.probability;
}

bool Engine::active(const Rule& rule, std::uint32_t camera) const {
  if (rule.between) {
    const auto now = elapsed_ns();
    return now >= ns_of(rule.between->from) && (!rule.between->to || now < ns_of(*rule.between->to));
  }
  if (!rule.after) return true;
  const auto& armed = armed_[static_cast<std::size_t>(&rule - rules_.data())];
  const auto struck = armed.at_ns[slot(rule, camera, cameras_)].load(std::memory_order_relaxed);
  return within(ns_of(SteadyClock::now()), struck, rule.after->lasts);
}

std::optional<SteadyClock::time_point> Engine::next_change(const Rule& rule, std::uint32_t camera) const {
  std::int64_t from = kNever;
  std::optional<Duration> lasts;
  if (rule.between) {
    from = origin_ns_.load(std::memory_order_relaxed);
    if (from != kNever) from += ns_of(rule.between->from);
    if (rule.between->to) lasts = *rule.between->to - rule.between->from;
  } else if (rule.after) {
    from = armed_[static_cast<std::size_t>(&rule - rules_.data())].at_ns[slot(rule, camera, cameras_)];
    lasts = rule.after->lasts;
  }
  const auto now = ns_of(SteadyClock::now());
  if (from == kNever) return {};
  if (now < from) return point_of(from);
  if (lasts && now < from + ns_of(*lasts)) return point_of(from + ns_of(*lasts));
  return {};
}

RandomStream Engine::random(const Injection& injection) const {
  const auto& id = draw_ids_[static_cast<std::size_t>(&injection.rule() - rules_.data())];
  return RandomStream(DrawKey{seed_, injection.camera(), point_name(injection.point()), injection.attempt(), id});
}

Injections Engine::consult_at_any_time(Point point, std::uint32_t camera, std::uint32_t attempt) const {
  Injections injections;
  for (const auto index : by_point_[static_cast<std::size_t>(point)]) {
    const auto& rule = rules_[index];
    if (rule.concerns(camera) && rule.attempts.contains(attempt) && draws(rule, point, camera, attempt))
      injections.emplace_back(rule, point, camera, attempt);
  }
  return injections;
}

Injections Engine::consult(Point point, std::uint32_t camera, std::uint32_t attempt) const {
  if (!watches(point)) return {};
  auto injections = consult_at_any_time(point, camera, attempt);
  std::erase_if(injections, [&](const Injection& injection) { return !active(injection.rule(), camera); });
  return injections;
}

std::vector<Engine::Due> Engine::timetable() const {
  std::vector<Due> due;
  const auto origin = origin_ns_.load();
  for (const auto& rule : rules_) {
    if (!rule.scheduled() || !rule.between) continue;
    const auto at = point_of(origin + ns_of(rule.between->from));
    if (rule.lab_wide()) {
      if (draws(rule, rule.points.front(), 0, 1)) due.push_back({&rule, 0, at});
      continue;
    }
    for (std::uint32_t camera = 1; camera <= cameras_; ++camera)
      if (rule.concerns(camera) && draws(rule, rule.points.front(), camera, 1)) due.push_back({&rule, camera, at});
  }
  return due;
}

std::vector<Engine::Due> Engine::observe(const journal::Event& event) {
  std::vector<Due> due;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    if (!rule.after || rule.after->event != journal::event_name(event.payload)) continue;
    const auto camera = slot(rule, event.camera, cameras_);
    if (camera == 0 ? rule.points.front() != Point::broker : !rule.concerns(camera)) continue;
    const auto strikes = epoch_ns_.load() + event.t_ns + ns_of(rule.after->delay);
    auto never = kNever;
    if (!armed_[i].at_ns[camera].compare_exchange_strong(never, strikes)) continue;
    if (!rule.scheduled() || draws(rule, rule.points.front(), camera, 1))
      due.push_back({&rule, camera, point_of(strikes)});
  }
  return due;
}

}  // namespace firstlight::fault
