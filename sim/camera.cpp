#include "sim/camera.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace firstlight::sim {

using std::chrono::duration_cast;

std::string_view service_name(Service s) {
  switch (s) {
    case Service::endorse:
      return "endorse";
    case Service::keys:
      return "keys";
    case Service::config_api:
      return "config_api";
  }
  return "?";
}

std::string_view phase_name(Camera::Phase phase) {
  switch (phase) {
    case Camera::Phase::off:
      return "off";
    case Camera::Phase::in_stage:
    case Camera::Phase::loading:
      return "in stage";
    case Camera::Phase::waiting:
      return "waiting to retry";
    case Camera::Phase::online:
      return "online";
    case Camera::Phase::rebooting:
      return "rebooting";
    case Camera::Phase::gave_up:
      return "gave up";
  }
  return "?";
}

Camera::Camera(std::shared_ptr<const CameraConfig> config, CameraIdentity who, Verifier& verifier)
    : config_(std::move(config)), who_(std::move(who)), verifier_(verifier) {}

std::vector<Action> Camera::step(const Input& input) {
  now_ = input.now;
  std::visit([this](const auto& event) { on(event); }, input.event);
  return std::exchange(out_, {});
}

void Camera::log(std::vector<std::string> lines) {
  for (auto& line : lines) act(Log{std::move(line)});
}

bool Camera::done_is_awaited(ActionId id) {
  if (id == 0 || id != pending_) return false;
  pending_ = 0;
  return true;
}

// -- life ---------------------------------------------------------------------------------------------------------

void Camera::on(const PowerOn& e) {
  if (phase_ == Phase::off) boot(e.scheduled);
}

void Camera::boot(std::chrono::nanoseconds scheduled) {
  ++boot_;
  booted_at_ = now_.mono;
  emit(journal::PowerOn{scheduled.count(), boot_});
  start_attach();
}

void Camera::forget() {
  pending_ = timer_ = session_ = final_reply_ = 0;
  unauthorized_ = refusals_ = 0;
  failures_ = {};
  clock_set_ = stored_ = was_online_ = false;
  skew_ = jumped_ = Micros{0};
  redirects_ = 0;
  fresh_ = Fresh::provisioned;
  last_error_.reset();
  provisioning_.reset();
  device_.reset();
  open_.reset();
  asked_.reset();
  leaked_token_.reset();
  phase_ = Phase::off;
}

// The journal hears how the stage in progress and the session ended, also where a real camera could say nothing.
void Camera::switch_off(const Error& why, std::string_view offline_reason) {
  act(CancelTimer{});
  if (phase_ == Phase::in_stage || (phase_ == Phase::rebooting && !was_online_)) report_failure(why, {});
  if (was_online_) emit(journal::CameraOffline{std::string(offline_reason), ""});
  forget();
}

void Camera::on(const PowerCut&) {
  if (phase_ == Phase::off) return;
  act(DropConnections{});
  switch_off(Errc::power_cut, error_name(Errc::power_cut));
}

void Camera::on(const Stop&) {
  if (phase_ == Phase::off) return;
  if (open_)
    act(MqttDisconnect{});
  else
    act(DropConnections{});
  switch_off({Errc::cancelled, "stopped"}, "stopped");
}

void Camera::reboot() {
  act(MqttDisconnect{});
  switch_off({Errc::cancelled, "reboot"}, "reboot");
  boot(now_.mono);
}

void Camera::on(const TimerFired& e) {
  if (e.id == 0 || e.id != timer_) return;
  timer_ = 0;
  if (phase_ == Phase::waiting) {
    resume(next_);
  } else if (phase_ == Phase::online && open_) {
    publish_status(next_id());
    act(StartTimer{timer_ = next_id(), std::chrono::seconds(open_->status_interval_seconds)});
  }
}

void Camera::resume(Stage stage) {
  switch (stage) {
    case Stage::attach:
      return start_attach();
    case Stage::verify:  // the key could not be had: ask for it again, with the token at hand
    case Stage::config:
      // A token that expired while the camera waited is of no use any more.
      if (!provisioning_ || !token_is_fresh(defects(), provisioning_->parsed, clock())) return start_endorse();
      return stage == Stage::verify ? start_verify() : start_config();
    case Stage::mqtt_connect:
    case Stage::subscribe:
    case Stage::status:
      if (device_) return connect();
      return load_or_provision();
    case Stage::endorse:
    case Stage::store:
      return start_endorse();
  }
}

// -- stages -------------------------------------------------------------------------------------------------------

void Camera::begin(Stage stage) {
  phase_ = Phase::in_stage;
  stage_ = stage;
  stage_started_ = now_.mono;
  emit(journal::StageStarted{stage, ++attempts_[index(stage)]});
}

namespace {
std::int64_t micros(std::chrono::nanoseconds d) {
  return duration_cast<Micros>(d).count();
}
}  // namespace

void Camera::succeed(const Timing& t) {
  // The MQTT count falls only when a session has lived for a while: see session_ended().
  if (!is_mqtt(stage_)) failures_of(stage_) = 0;
  emit(journal::StageEnded{stage_, attempt(), true, "", "", micros(now_.mono - stage_started_), t.tcp.count(),
                           t.tls.count(), t.exchange.count()});
}

void Camera::report_failure(const Error& error, const Timing& t) {
  last_error_ = error.code;
  emit(journal::StageEnded{stage_, attempt(), false, std::string(error.name()), error.detail,
                           micros(now_.mono - stage_started_), t.tcp.count(), t.tls.count(), t.exchange.count()});
}

void Camera::fail(Failure failure, const Timing& timing, std::optional<Micros> at_least) {
  failure.stage = stage_;
  report_failure(failure.error, timing);
  react(row_taken(defects(), classify(failure, config_->mqtt_version)), failure, at_least);
}

// One case a row of docs/camera-policy.md.
void Camera::react(Row row, const Failure& f, std::optional<Micros> at_least) {
  switch (row) {
    case Row::attach_barred:
    case Row::http_client:
      return give_up(f.error);
    case Row::attach_rejected:
    case Row::detached:
      return retry(f.error, Stage::attach);
    case Row::transport:
    case Row::answer:
    case Row::http_server:
      return retry(f.error, f.stage);
    case Row::http_busy:
      return retry(f.error, f.stage, WaitKind::backoff, at_least);
    case Row::untrusted:
      return is_mqtt(f.stage) ? retry_mqtt(f.error) : retry(f.error, f.stage);
    case Row::http_401:
      provisioning_.reset();
      return retry(f.error, Stage::endorse,
                   ++unauthorized_ > config_->retry.unauthorized_limit ? WaitKind::forbidden : WaitKind::backoff);
    case Row::http_403:
      provisioning_.reset();
      return retry(f.error, Stage::endorse, WaitKind::forbidden);
    case Row::token:
      provisioning_.reset();
      return retry(f.error, Stage::endorse);
    case Row::config:
      return retry(f.error, Stage::config);
    case Row::store_save:
      act(StoreDiscard{});  // whatever half of it may be there
      return connect();
    case Row::mqtt_refused:
      return mqtt_refused(f.error);
    case Row::mqtt_failed:
    case Row::mqtt_lost:
      return retry_mqtt(f.error);
    case Row::store_load:
      return start_endorse();
  }
}

void Camera::retry(const Error& why, Stage next, WaitKind kind, std::optional<Micros> at_least) {
  const auto failures = ++failures_of(stage_);
  const auto most = config_->retry.give_up_after;
  if (most != 0 && failures >= most) return give_up(why);
  // Keyed by the try that failed, so that other cameras and other stages never shift the draw.
  const DrawKey key{.seed = config_->seed,
                    .camera = draws_as(defects(), who_.id),
                    .point = phase_ == Phase::online ? std::string_view("retry.session") : stage_name(stage_),
                    .attempt = phase_ == Phase::online ? sessions_lost_ : attempt(),
                    .rule = "retry"};
  const auto delay = wait_before_retry(*config_, {failures, kind, at_least}, draw_unit(key));
  emit(journal::RetryScheduled{stage_, failures, delay.count(), std::string(why.name())});
  phase_ = Phase::waiting;
  next_ = next;
  act(StartTimer{timer_ = next_id(), delay});
}

void Camera::close_session() {
  if (session_ != 0) {
    if (open_)
      act(MqttDisconnect{});
    else
      act(DropConnections{});
  }
  session_ = 0;
  open_.reset();
}

void Camera::retry_mqtt(const Error& why) {
  close_session();
  retry(why, Stage::mqtt_connect);
}

void Camera::mqtt_refused(const Error& why) {
  if (++refusals_ < config_->retry.refusals_before_discard) return retry_mqtt(why);
  close_session();
  discard(why);
  retry(why, Stage::endorse);
}

void Camera::give_up(const Error& why) {
  emit(journal::CameraGaveUp{stage_, std::string(why.name()), why.detail});
  const auto error = why.code;
  forget();
  last_error_ = error;
  phase_ = Phase::gave_up;
}

}  // namespace firstlight::sim
