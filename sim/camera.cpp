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

bool Camera::done_is_awaited(ActionId id) {
  if (id == 0 || id != pending_) return false;
  pending_ = 0;
  return true;
}

// -- life ---------------------------------------------------------------------------------------------------------

void Camera::on(const PowerOn& e) {
  if (phase_ == Phase::off) boot(e.scheduled_ns);
}

void Camera::boot(std::int64_t scheduled_ns) {
  ++boot_;
  booted_at_ = now_.mono;
  emit(journal::PowerOn{scheduled_ns, boot_});
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
  boot(now_.mono.count());
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
      if (!provisioning_ ||
          (clock() >= from_unix_seconds(provisioning_->parsed.claims.expires_at) && !has(Defect::reuse_expired_token)))
        return start_endorse();
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
  if (counter(stage_) != counter(Stage::mqtt_connect)) failures_[counter(stage_)] = 0;
  emit(journal::StageEnded{stage_, attempt(), true, "", "", micros(now_.mono - stage_started_), t.tcp_us, t.tls_us,
                           t.exchange_us});
}

void Camera::report_failure(const Error& error, const Timing& t) {
  last_error_ = error.code;
  emit(journal::StageEnded{stage_, attempt(), false, std::string(error.name()), error.detail,
                           micros(now_.mono - stage_started_), t.tcp_us, t.tls_us, t.exchange_us});
}

void Camera::fail(Failure failure, const Timing& timing, std::optional<Micros> at_least) {
  failure.stage = stage_;
  report_failure(failure.error, timing);
  react(row_taken(config_->defects, classify(failure, config_->mqtt_version)), failure, at_least);
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
      return retry(f.error, f.stage, at_least);
    case Row::untrusted:
      return counter(f.stage) == counter(Stage::mqtt_connect) ? retry_mqtt(f.error, false) : retry(f.error, f.stage);
    case Row::http_401:
      provisioning_.reset();
      return retry(f.error, Stage::endorse, {}, ++unauthorized_ > config_->retry.unauthorized_limit);
    case Row::http_403:
      provisioning_.reset();
      return retry(f.error, Stage::endorse, {}, true);
    case Row::token:
      provisioning_.reset();
      return retry(f.error, Stage::endorse);
    case Row::config:
      return retry(f.error, Stage::config);
    case Row::store_save:
      act(StoreDiscard{});  // whatever half of it may be there
      return connect();
    case Row::mqtt_refused:
      return retry_mqtt(f.error, true);
    case Row::mqtt_failed:
    case Row::mqtt_lost:
      return retry_mqtt(f.error, false);
    case Row::store_load:
      return start_endorse();
  }
}

void Camera::retry(const Error& why, Stage next, std::optional<Micros> at_least, bool long_wait) {
  const auto& policy = config_->retry;
  auto& failures = failures_[counter(stage_)];
  ++failures;
  if (policy.give_up_after != 0 && failures >= policy.give_up_after) return give_up(why);
  if (has(Defect::no_retry)) return give_up(why);
  // Keyed by the try that failed, so that other cameras and other stages never shift the draw.
  const DrawKey key{.seed = config_->seed,
                    .camera = has(Defect::unseeded_jitter) ? 0 : who_.id.value(),
                    .point = phase_ == Phase::online ? std::string_view("retry.session") : stage_name(stage_),
                    .attempt = phase_ == Phase::online ? sessions_lost_ : attempt(),
                    .rule = "retry"};
  const double unit = draw_unit(key);
  Micros delay = back_off(*config_, failures, unit);
  if (long_wait)
    delay = policy.forbidden / 2 +
            Micros(static_cast<std::int64_t>(static_cast<double>(policy.forbidden.count() / 2) * unit));
  if (at_least) delay += std::min(*at_least, policy.retry_after_cap);
  delay = wait_kept(config_->defects, delay);
  emit(journal::RetryScheduled{stage_, failures, delay.count(), std::string(why.name())});
  phase_ = Phase::waiting;
  next_ = next;
  act(StartTimer{timer_ = next_id(), delay});
}

void Camera::retry_mqtt(const Error& why, bool refused) {
  if (session_ != 0) {
    if (open_)
      act(MqttDisconnect{});
    else
      act(DropConnections{});
  }
  session_ = 0;
  open_.reset();
  if (!refused || has(Defect::keep_old_certificate) || ++refusals_ < config_->retry.refusals_before_discard)
    return retry(why, Stage::mqtt_connect);
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
