// The session's part of the faults: those of `iot.verify` and of the CONNECT, which take time, and the proofs.
#include <fmt/format.h>

#include "base/net/sleep_unless_gone.hpp"
#include "fakes/edge/secrets.hpp"
#include "fakes/edge/session.hpp"
#include "fault/plans/iot_verify.hpp"
#include "fault/proof.hpp"

namespace firstlight::fakes::edge {

namespace asio = boost::asio;
namespace mqtt = wire::mqtt;
using fault::Point;

void Session::prove(fault::Injection& injection, std::string detail) {
  injection.fired(core_->lab.lanes.at(self_.shard), journal::Source::edge, address_.to_string(), std::move(detail));
}

void Session::arm_faults() {
  const auto& engine = core_->lab.faults;
  if (!engine.watches(Point::mqtt)) return;
  const auto attempt = shard_.attempts.next(Point::mqtt, camera_);
  const auto injections = engine.consult_at_any_time(Point::mqtt, camera_, attempt);
  if (injections.empty()) return;
  auto proof = [this](fault::Injection& injection, std::string detail) { prove(injection, std::move(detail)); };
  faults_ = std::make_unique<SessionFaults>(engine, injections, std::move(proof));
}

asio::awaitable<bool> Session::verify_certificate(const mqtt::Connect& connect) {
  const auto& engine = core_->lab.faults;
  const auto attempt = shard_.attempts.next(Point::iot_verify, camera_);
  fault::VerifyPlan plan;
  auto injections = engine.edit(plan, Point::iot_verify, camera_, attempt);
  fault::Injection* down = nullptr;  // of several the last one counts
  for (auto& injection : injections) {
    const auto own = fault::own_plan<fault::VerifyPlan>(injection);
    if (own.down) down = &injection;
    if (own.delay > Duration{0}) prove(injection, "the CONNECT waits for " + format_duration(own.delay));
  }
  if (plan.delay > Duration{0}) {
    // A device that has left gets no session: claiming its client id would end the one that it has opened meanwhile.
    if (!co_await sleep_unless_gone(stream_.socket(), plan.delay)) co_return false;
  }
  if (!plan.down) co_return !ended_;
  ConnectRefusal refusal{Errc::service_unavailable, "certificates cannot be checked", {}};
  if (core_->config.refusal == Refusal::connack)
    refusal.connack = connect.version == mqtt::Version::v5 ? reason::kServerUnavailable : kReturnServerUnavailable;
  std::function<void()> told = [this, down] { prove(*down, "the CONNECT refused"); };
  co_await send_refusal(std::move(refusal), connect, told);
  co_return false;
}

asio::awaitable<bool> Session::apply_connect_faults(const mqtt::Connect& connect) {
  faults_->set_version(connect.version);
  if (faults_->swallows_connect()) {
    for (;;) {
      const auto got = co_await stream_.read_some(shard_.scratch);
      if (!got || *got == 0) co_return true;
    }
  }
  const auto connack = faults_->refuses_connect();
  if (!connack) co_return false;
  ConnectRefusal refusal{Errc::mqtt_refused, mqtt::describe_connack(connack->code, connect.version), connack->code};
  std::function<void()> told = [this, &connack] {
    prove(*connack->injection, fmt::format("CONNACK {}", connack->code));
  };
  co_await send_refusal(std::move(refusal), connect, told);
  co_return true;
}

asio::awaitable<void> Session::lose_stored_session(const mqtt::Connect& connect) {
  auto* injection = !connect.clean_session ? faults_->loses_session() : nullptr;
  if (injection == nullptr) co_return;
  // MQTT 5 without a session expiry: the CONNACK says whether a session was there, and it ends with this connection.
  mqtt::Connect thief;
  thief.version = mqtt::Version::v5;
  thief.client_id = connect.client_id;
  thief.clean_session = false;
  thief.keep_alive_seconds = 0;
  const auto connack = co_await ask_broker(thief);
  if (connack && connack->code == 0) {
    const auto bye = mqtt::encode(mqtt::Disconnect{}, mqtt::Version::v5);
    (void)co_await write_broker(bye);
    for (;;) {  // Mosquitto closes once it has read that; queued messages come before
      const auto got = co_await read_broker();
      if (!got || *got == 0) break;
    }
    if (connack->session_present) prove(*injection, "the stored session was there");
  }
  keep_alive_.cancel();
  broker_in_.clear();
  close_upstream();
}

/// No coroutine of its own: without rules a write costs what it did.
asio::awaitable<result<void>> Session::write_device(std::string_view bytes) {
  return faults_ ? write_proving(bytes) : stream_.write_all(bytes);
}

/// stream_.write_all() that proves the packets which a rule added.
asio::awaitable<result<void>> Session::write_proving(std::string_view bytes) {
  const auto added = faults_->take_added();
  const auto head = bytes.substr(0, added.until);
  const auto written = co_await stream_.write_all(head);
  if (!written) co_return written.error();
  faults_->prove(added);
  bytes.remove_prefix(head.size());
  co_return co_await stream_.write_all(bytes);
}

void Session::note_secrets(const mqtt::Connect& connect) {
  for (auto& seen : secrets_of(connect)) note(std::move(seen));
}

void Session::lose_client_id(fault::Injection injection) {
  if (connected_) end(taken_over(std::move(injection)));
}

}  // namespace firstlight::fakes::edge
