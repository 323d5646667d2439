// The camera's MQTT session: connect, subscribe, first status, then status reports and commands until it ends.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/camera.hpp"
#include "sim/commands.hpp"

namespace firstlight::sim {

namespace mqtt = wire::mqtt;

void Camera::connect() {
  if (auto valid = check_validity(defects(), validity_, clock()); !valid) {  // it ran out while the camera waited
    discard(valid.error());
    return start_endorse();
  }
  begin(Stage::mqtt_connect);
  const auto& d = *device_;
  MqttConnect c;
  c.id = session_ = await();
  c.endpoint = d.endpoint;
  c.port = d.port;
  c.packet.version = config_->mqtt_version;
  c.packet.client_id = client_id(defects(), d.client_id);
  c.packet.clean_session = d.clean_session;
  c.packet.keep_alive_seconds = config_->keep_alive_seconds.value_or(d.keep_alive_seconds);
  mqtt::Will will;
  will.topic = d.topics.status;
  will.payload = status_payload(d.device_id, "offline");
  will.qos = 1;
  c.packet.will = std::move(will);
  c.certificate_pem = d.certificate_pem;
  c.private_key_pem = d.private_key_pem;
  c.ca_pem = d.ca_certificate_pem;
  c.clock = clock();
  act(std::move(c));
}

void Camera::on(const MqttOpened& e) {
  if (!done_is_awaited(e.id)) return;
  Failure failure{.stage = stage_, .error = {}, .tls_done = e.tls_done};
  if (!e.connack) {
    session_ = 0;  // the driver has closed it
    failure.error = e.connack.error();
    return fail(std::move(failure), e.timing);
  }
  if (*e.connack != 0) {
    failure.error = {Errc::mqtt_refused, mqtt::describe_connack(*e.connack, config_->mqtt_version)};
    failure.mqtt_code = *e.connack;
    return fail(std::move(failure), e.timing);
  }
  open_ = std::make_unique<Session>(Session{device_->device_id, device_->topics, device_->status_interval_seconds});
  succeed(e.timing);
  if (connack_resets_backoff(defects())) failures_of(Stage::mqtt_connect) = 0;
  if (subscribes(defects()) == Subscribes::never) return start_status();
  start_subscribe();
}

void Camera::start_subscribe() {
  begin(Stage::subscribe);
  if (subscribes(defects()) == Subscribes::after_status) publish_status(next_id());
  act(MqttSubscribe{await(), open_->topics.command_request, 1});
}

void Camera::on(const MqttSubscribed& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.suback) return fail({.error = e.suback.error()});
  if (suback_refuses(defects(), *e.suback))
    return fail({.error = {Errc::mqtt_subscribe_refused, fmt::format("{:#04x}", *e.suback)}});
  succeed();
  start_status();
}

void Camera::start_status() {
  begin(Stage::status);
  publish_status(await());
}

std::string Camera::status_payload(std::string_view device_id, std::string_view state) const {
  const auto uptime = std::chrono::floor<std::chrono::seconds>(now_.mono - booted_at_);
  nlohmann::ordered_json status{{"device_id", device_id},
                                {"state", state},
                                {"firmware_version", config_->firmware_version},
                                {"boot", boot_},
                                {"uptime_seconds", uptime.count()},
                                {"timestamp", format_rfc3339(clock(), true)}};
  if (leaked_token_) status["token"] = leaked_token_->reveal();
  return status.dump();
}

void Camera::publish_status(ActionId id) {
  act(MqttPublish{id, open_->topics.status, status_payload(open_->device_id, "online"), status_qos(defects())});
}

void Camera::on(const MqttPublished& e) {
  if (phase_ == Phase::rebooting && e.id != 0 && e.id == final_reply_) return reboot();
  if (!done_is_awaited(e.id)) return;
  if (!e.puback) return fail({.error = e.puback.error()});
  if (*e.puback >= 0x80) return fail({.error = {Errc::mqtt_publish_refused, fmt::format("{:#04x}", *e.puback)}});
  succeed();
  go_online();
}

void Camera::go_online() {
  phase_ = Phase::online;
  was_online_ = true;
  online_since_ = now_.mono;
  refusals_ = 0;
  last_error_.reset();
  emit(journal::CameraOnline{fresh_ == Fresh::stored, open_->device_id});
  fresh_ = Fresh::stored;  // a session that follows is opened without provisioning
  if (stored_ && boots_from_store(*config_))
    device_.reset();  // thousands of cameras: a reconnect reads the store again
  if (open_->status_interval_seconds != 0)
    act(StartTimer{timer_ = next_id(), std::chrono::seconds(open_->status_interval_seconds)});
}

void Camera::on(const MqttMessage& e) {
  if (e.session == 0 || e.session != session_ || !open_ || phase_ == Phase::rebooting) return;
  if (e.topic == open_->topics.command_request) answer_command(e);
}

void Camera::answer_command(const MqttMessage& message) {
  const auto command = parse_command(message.payload);
  const auto request_id = command.request_id.value_or("");
  emit(journal::CommandReceived{command.name, request_id});
  const auto id = next_id();
  act(MqttPublish{id, open_->topics.command_response,
                  format_answer(command, status_payload(open_->device_id, "online")), 1});
  emit(journal::CommandAnswered{command.name, request_id, std::string(answer_status(command))});
  if (command.kind != Command::Kind::reboot) return;
  phase_ = Phase::rebooting;  // when the broker has the answer
  pending_ = 0;
  final_reply_ = id;
}

void Camera::on(const MqttLost& e) {
  if (e.session == 0 || e.session != session_) return;
  session_ = 0;
  if (phase_ == Phase::online) return session_ended(e.why, Stage::mqtt_connect);
  if (phase_ == Phase::rebooting) return reboot();
  open_.reset();
  pending_ = 0;
  fail({.error = e.why});
}

void Camera::session_ended(const Error& why, Stage next) {
  act(CancelTimer{});
  timer_ = 0;
  open_.reset();
  was_online_ = false;
  last_error_ = why.code;
  emit(journal::CameraOffline{std::string(why.name()), why.detail});
  if (now_.mono - online_since_ >= config_->retry.stable_after) failures_of(Stage::mqtt_connect) = 0;
  stage_ = Stage::mqtt_connect;
  ++sessions_lost_;
  if (!reconnects(defects())) return give_up(why);
  retry(why, next);
}

}  // namespace firstlight::sim
