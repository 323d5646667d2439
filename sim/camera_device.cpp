// The camera as a device in a network: its clock, its SIM, and the attach that comes before everything else.
#include "sim/camera.hpp"

namespace firstlight::sim {

using std::chrono::duration_cast;

WallTime Camera::clock() const {
  const auto& model = config_->clock;
  const auto moved = duration_cast<std::chrono::milliseconds>(skew_ + jumped_);
  if (!model.start || clock_set_) return now_.network_time + moved;
  return *model.start + moved + duration_cast<std::chrono::milliseconds>(now_.mono - booted_at_);
}

void Camera::on(const SimChanged& e) {
  if (phase_ == Phase::off) who_.imsi = e.imsi;
}

void Camera::on(const ClockMoved& e) {
  if (phase_ == Phase::off) return;
  (e.until == ClockMoved::Until::power_off ? skew_ : jumped_) += e.by;
}

void Camera::set_clock() {
  clock_set_ = true;
  jumped_ = Micros{0};
}

// The connections died without a word: what was in progress has failed, and the network is asked again.
void Camera::on(const Detached&) {
  if (phase_ == Phase::off || phase_ == Phase::gave_up) return;
  const Error why(Errc::network_detached);
  act(DropConnections{});
  session_ = pending_ = 0;
  switch (phase_) {
    case Phase::online:
      return session_ended(why, Stage::attach);
    case Phase::rebooting:
      return reboot();
    case Phase::waiting:
      next_ = Stage::attach;
      return;
    case Phase::loading:
      return retry(why, Stage::attach);
    default:
      open_.reset();
      return fail({.error = why});
  }
}

void Camera::start_attach() {
  begin(Stage::attach);
  act(Attach{await()});
}

void Camera::on(const AttachDone& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.outcome) return fail({.stage = Stage::attach, .error = e.outcome.error()});
  if (config_->clock.sync == ClockModel::Sync::network_time) set_clock();
  succeed();
  if (config_->clock.sync == ClockModel::Sync::sntp && !clock_set_) {
    phase_ = Phase::loading;
    return act(SyncClock{await()});
  }
  device_ ? connect() : load_or_provision();
}

void Camera::on(const ClockSynced& e) {
  if (!done_is_awaited(e.id)) return;
  set_clock();
  device_ ? connect() : load_or_provision();
}

}  // namespace firstlight::sim
