#include "judge/backoff/waits.hpp"

#include <array>

#include "judge/event_search.hpp"

namespace firstlight::judge {

namespace {

using journal::Stage;

/// The camera itself, or the lab, ended it: no failure after which a camera backs off.
bool is_own_doing(std::string_view error) {
  return error == "cancelled" || error == "power-cut" || error == "stopped" || error == "reboot";
}

/// Follows one camera from failure to next step.
class Follower {
 public:
  Follower(std::uint32_t camera, std::vector<Wait>& out) : camera_(camera), out_(out) {}

  void boots(const journal::Event& e) {
    drop(e.t_ns);
    rows_ = {};
    connack_ = false;
  }
  void acts(const journal::Event& e, std::int64_t at_ns) {
    if (!pending_) return;
    pending_->next = &e;
    close(at_ns, true);
  }
  void succeeds(Stage stage) {
    auto& row = rows_[index(stage)];
    if (counted_as(stage) != Stage::mqtt_connect) row = {};
    if (stage != Stage::mqtt_connect) return;
    connack_ = true;
    if (row.failures > 0) row.certain = false;
  }
  void fails(const journal::Event& e, Stage stage, bool busy) {
    auto& row = rows_[index(stage)];
    ++row.failures;
    Wait wait;
    wait.camera = camera_;
    wait.stage = counted_as(stage);
    wait.failures = row.failures;
    wait.count_is_certain = row.certain;
    wait.after_connack = connack_ && wait.stage == Stage::mqtt_connect;
    wait.busy = busy;
    wait.failed = &e;
    pending_ = wait;
    connack_ = false;
  }
  void online(std::int64_t t_ns) { online_since_ = t_ns; }
  void lost(const journal::Event& e) {
    if (e.t_ns - online_since_ >= kStableNs) rows_[index(Stage::mqtt_connect)] = {};
    connack_ = true;
    fails(e, Stage::mqtt_connect, false);
  }
  /// No wait follows: the camera gave up, or said that it ends on purpose.
  void rests() { pending_.reset(); }
  void drop(std::int64_t t_ns) {
    if (pending_) close(t_ns, false);
  }

 private:
  struct Row {
    std::uint32_t failures = 0;
    bool certain = true;
  };
  static std::size_t index(Stage s) { return static_cast<std::size_t>(counted_as(s)); }
  void close(std::int64_t t_ns, bool finished) {
    pending_->finished = finished;
    pending_->seconds = static_cast<double>(std::max<std::int64_t>(0, t_ns - pending_->failed->t_ns)) / 1e9;
    out_.push_back(*pending_);
    pending_.reset();
  }

  std::uint32_t camera_;
  std::vector<Wait>& out_;
  std::array<Row, journal::kStageCount> rows_{};
  std::optional<Wait> pending_;
  std::int64_t online_since_ = 0;
  bool connack_ = false;
};

/// From what the camera tells.
struct Told {
  Follower& f;
  const journal::Event& e;
  void operator()(const journal::PowerOn&) { f.boots(e); }
  void operator()(const journal::StageStarted&) { f.acts(e, e.t_ns); }
  void operator()(const journal::StageEnded& s) {
    if (s.ok) return f.succeeds(s.stage);
    if (is_own_doing(s.error)) return f.drop(e.t_ns);
    if (info_of(s.stage).failures == journal::Failures::no_count) return;
    f.fails(e, s.stage, s.detail == "HTTP 429" || s.detail == "HTTP 503");
  }
  void operator()(const journal::CameraOnline&) { f.online(e.t_ns); }
  void operator()(const journal::CameraOffline& o) { is_own_doing(o.reason) ? f.drop(e.t_ns) : f.lost(e); }
  void operator()(const journal::CameraGaveUp&) { f.rests(); }
  void operator()(const auto&) {}
};

/// From what the services see. A handshake or a request is over when it is journaled, so a wait ends with the next one.
struct Seen {
  Follower& f;
  const journal::Event& e;
  void operator()(const journal::HttpServed& h) {
    const auto stage = journal::stage_asking(h.service);
    if (!stage) return;
    f.acts(e, happened_ns(e));
    h.status >= 400 ? f.fails(e, *stage, h.status == 429 || h.status == 503) : f.succeeds(*stage);
  }
  void operator()(const journal::TlsFailed& t) {
    const auto stage = journal::stage_asking(t.service);
    if (!stage) return;
    f.acts(e, e.t_ns);
    f.fails(e, *stage, false);
  }
  void operator()(const journal::MqttRefused&) {
    f.acts(e, e.t_ns);
    f.fails(e, Stage::mqtt_connect, false);
  }
  void operator()(const journal::MqttConnected&) {
    f.acts(e, e.t_ns);
    f.succeeds(Stage::mqtt_connect);
    f.online(e.t_ns);
  }
  void operator()(const journal::MqttDisconnected& d) {
    d.reason == "CLIENT_INITIATED_DISCONNECT" ? f.drop(e.t_ns) : f.lost(e);
  }
  void operator()(const auto&) {}
};

}  // namespace

std::vector<Wait> measured_waits(const CheckContext& context, std::optional<journal::Stage> stage) {
  std::vector<std::vector<const journal::Event*>> by_camera(context.fleet() + 1);
  std::vector<bool> tells(context.fleet() + 1, false);
  for (const auto& e : context.events) {
    if (e.camera == 0 || e.camera > context.fleet()) continue;
    by_camera[e.camera].push_back(&e);
    if (e.source == journal::Source::camera && std::holds_alternative<journal::StageStarted>(e.payload))
      tells[e.camera] = true;
  }
  std::vector<Wait> waits;
  for (std::uint32_t id = 1; id <= context.fleet(); ++id) {
    Follower follower(id, waits);
    for (const auto* e : by_camera[id]) {
      if (!tells[id])
        std::visit(Seen{follower, *e}, e->payload);
      else if (e->source == journal::Source::camera)
        std::visit(Told{follower, *e}, e->payload);
    }
    follower.drop(context.end_ns);
  }
  if (stage) std::erase_if(waits, [&](const Wait& w) { return w.stage != counted_as(*stage); });
  return waits;
}

}  // namespace firstlight::judge
