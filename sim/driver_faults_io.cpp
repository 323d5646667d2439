// What happens to the device itself: its power, its SIM, its attach, the store that it boots with.
#include <fmt/format.h>

#include "sim/driver_io.hpp"

namespace firstlight::sim {

Imsi swapped_imsi(CameraId camera, std::uint32_t nth) {
  return Imsi(fmt::format("44020{:03}{:07}", nth % 1000, camera.value() % 10'000'000));
}

DeviceFaults& CameraDriver::faults() {
  if (!faults_)
    faults_ =
        std::make_unique<DeviceFaults>(share_->faults, share_->attempts, share_->lane, camera_.identity().id, peer_);
  return *faults_;
}

void CameraDriver::begin_boot() {
  const auto* engine = share_->faults;
  if (engine == nullptr || !(engine->watches(fault::Point::attach) || engine->watches(fault::Point::camera))) return;
  faults().boot();
  // Heard before the answer to the attach, which takes a turn at least.
  if (const auto by = faults_->skew()) feed_later(ClockMoved{*by, ClockMoved::Until::power_off});
}

// -- power --------------------------------------------------------------------------------------------------------

void CameraDriver::power_cut(std::optional<SteadyClock::duration> off_for) {
  detach_.reset();
  power_.reset();
  feed(PowerCut{});
  if (!off_for || dropped_) return;
  power_ = std::make_unique<boost::asio::steady_timer>(share_->shard.io(), *off_for);
  power_->async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (ec || !self || !self->power_) return;
    const auto scheduled = self->power_->expiry();
    self->power_.reset();
    self->power_on(scheduled);
  });
}

std::optional<SteadyClock::duration> CameraDriver::power_goes(const Action& action) {
  const auto* emitted = faults_ ? std::get_if<Emit>(&action) : nullptr;
  const auto* started = emitted != nullptr ? std::get_if<journal::StageStarted>(&emitted->payload) : nullptr;
  if (started == nullptr) return std::nullopt;
  return faults_->power_cut_at(started->stage);
}

// The power went while this was to be done: a save that is not atomic has got half-way.
void CameraDriver::tear(const Action& action) {
  const auto* save = std::get_if<StoreSave>(&action);
  if (save == nullptr || save->how != SaveHow::in_place) return;
  const auto bytes = wrap_stored(share_->shard.crypto(), save->content.reveal());
  store_->put_raw(std::string_view(bytes).substr(0, bytes.size() / 2));
}

// -- the store of another -----------------------------------------------------------------------------------------

void CameraDriver::clone_then_load(const StoreLoad& a, CameraId other) {
  share_->read_store(other, [weak = weak_from_this(), load = a](const std::optional<std::string>& bytes) {
    const auto self = weak.lock();
    if (!self || self->dropped_) return;
    if (bytes) {
      self->store_->put_raw(*bytes);
      self->faults().cloned();
    }
    self->feed(StoreLoaded{load.id, self->load(load)});
  });
}

// -- the network --------------------------------------------------------------------------------------------------

void CameraDriver::detach_after(Duration delay) {
  detach_ = std::make_unique<boost::asio::steady_timer>(share_->shard.io(), delay);
  detach_->async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (ec || !self || !self->detach_) return;
    self->detach_.reset();
    const auto phase = self->camera_.phase();
    if (phase == Camera::Phase::off || phase == Camera::Phase::gave_up) return;
    self->faults().detached();
    self->feed(Detached{});
  });
}

// -- at a moment --------------------------------------------------------------------------------------------------

void CameraDriver::carry_out(const fault::Rule& rule) {
  fault::CameraPlan plan;
  fault::Engine::apply(plan, rule);
  if (plan.swap_sim) return swap_sim(rule);
  if (plan.clock_by && plan.clock_by->count() != 0) {
    waiting_jumps_.push_back(&rule);
    return move_clock();
  }
  if (!plan.cut_power) return;
  if (plan.cut_at) return faults().arm(rule, plan);
  if (camera_.phase() == Camera::Phase::off) return;
  faults().struck(rule, std::string(stage_name(camera_.stage())));
  power_cut(plan.off_for);
}

// A jump before the clock is set would be undone by that, and nobody would have read the clock.
void CameraDriver::move_clock() {
  if (!camera_.keeps_its_clock()) return;
  for (const auto* rule : std::exchange(waiting_jumps_, {})) {
    fault::CameraPlan plan;
    fault::Engine::apply(plan, *rule);
    faults().struck(*rule, fmt::format("by {} us", plan.clock_by->count()));
    feed(ClockMoved{*plan.clock_by});
  }
}

void CameraDriver::swap_sim(const fault::Rule& rule) {
  if (camera_.phase() == Camera::Phase::off) return waiting_sims_.push_back(&rule);
  power_cut(std::chrono::seconds(1));
  put_sim(rule);
}

void CameraDriver::put_sim(const fault::Rule& rule) {
  const auto id = camera_.identity().id;
  const auto imsi = swapped_imsi(id, ++sims_swapped_);
  if (share_->on_sim_swapped) share_->on_sim_swapped(id, imsi);
  feed(SimChanged{imsi});
  faults().struck(rule, "IMSI " + imsi.value());
}

}  // namespace firstlight::sim
