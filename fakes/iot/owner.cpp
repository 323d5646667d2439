#include "fakes/iot/owner.hpp"

#include <pthread.h>

#include <algorithm>
#include <future>

namespace firstlight::fakes::iot {

namespace {

/// Before a retirement that could not be written, or that a moved clock put off, is tried again.
constexpr std::chrono::seconds kRetry{1};

}  // namespace

RegistryOwner::RegistryOwner(std::unique_ptr<Database> database, RegistryConfig config, const WallClock& clock,
                             Publish publish)
    : database_(std::move(database)), config_(std::move(config)), clock_(clock), publish_(std::move(publish)) {}

result<std::unique_ptr<RegistryOwner>> RegistryOwner::create(std::unique_ptr<Database> database, RegistryConfig config,
                                                             const WallClock& clock, Publish publish) {
  std::unique_ptr<RegistryOwner> owner(
      new RegistryOwner(std::move(database), std::move(config), clock, std::move(publish)));
  if (auto r = owner->load(); !r) return r.error();
  Ledger ledger(owner->index_, owner->crypto_, clock.now());
  ensure_policies(ledger);
  end_old_sessions(ledger);
  if (auto r = owner->database_->write(ledger.rows()); !r) return r.error();
  owner->crypto_.release_thread();
  return owner;
}

RegistryOwner::~RegistryOwner() {
  close();
}

result<void> RegistryOwner::load() {
  Index fresh;
  const auto visit = [&](const Row& row) { return fresh.apply(row); };
  if (auto r = database_->load(visit); !r) return r;
  index_ = std::move(fresh);
  retirements_.clear();
  for (const auto& [id, row] : index_.certificates()) plan_retirement(row);
  return {};
}

void RegistryOwner::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "registry");
    loop();
    crypto_.release_thread();
  });
}

void RegistryOwner::submit(Operation operation) {
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) {
      queue_.push_back(std::move(operation));
      wake_.notify_one();
      return;
    }
  }
  if (operation.complete) operation.complete(Error(Errc::cancelled, "the registry is closed"));
}

std::optional<Error> RegistryOwner::submit_and_wait(std::function<void(Ledger&)> apply) {
  std::promise<std::optional<Error>> done;
  Operation operation;
  operation.apply = std::move(apply);
  operation.complete = [&done](const std::optional<Error>& error) { done.set_value(error); };
  submit(std::move(operation));
  return done.get_future().get();
}

std::optional<Error> RegistryOwner::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void RegistryOwner::remember(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = error;
}

void RegistryOwner::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  if (!database_) return;
  if (auto r = database_->close(); !r) remember(r.error());
  database_.reset();
}

void RegistryOwner::loop() {
  std::vector<Operation> batch;
  while (wait_for_work(batch)) {
    run(batch);
    batch.clear();
    run_timers();
  }
}

/// False once closing and nothing is left. An empty batch: a timer is due.
bool RegistryOwner::wait_for_work(std::vector<Operation>& batch) {
  auto due = SteadyClock::time_point::max();
  if (!updates_.empty()) due = updates_.begin()->first;
  if (!retirements_.empty()) due = std::min(due, retirements_.begin()->first);
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return closing_ || !queue_.empty(); };
  if (due == SteadyClock::time_point::max())
    wake_.wait(lock, ready);
  else
    wake_.wait_until(lock, due, ready);
  batch.swap(queue_);
  return !batch.empty() || !closing_;
}

Rows RegistryOwner::apply(Operation& operation) {
  Ledger ledger(index_, crypto_, clock_.now());
  operation.apply(ledger);
  std::move(ledger.retired().begin(), ledger.retired().end(), std::back_inserter(retired_));
  std::move(ledger.late().begin(), ledger.late().end(), std::back_inserter(late_));
  return std::move(ledger.rows());
}

void RegistryOwner::run(std::vector<Operation>& batch) {
  if (batch.empty()) return;
  if (config_.durable)
    run_durable(batch);
  else
    run_volatile(batch);
}

void RegistryOwner::run_volatile(std::vector<Operation>& batch) {
  Rows rows;
  for (auto& operation : batch) {
    auto changed = apply(operation);
    take_effect(changed);
    if (operation.complete) operation.complete({});
    std::move(changed.begin(), changed.end(), std::back_inserter(rows));
  }
  // After a failure the file stays as it was then: a consistent beginning is worth more than one with a hole.
  if (failure()) return;
  if (auto r = database_->write(rows); !r) remember(r.error());
}

void RegistryOwner::run_durable(std::vector<Operation>& batch) {
  std::optional<Error> error;
  Rows rows;
  bool untold = false;
  if (index_ahead_)
    if (auto r = load(); !r) error = r.error();
  if (!error) {
    index_ahead_ = false;
    for (auto& operation : batch) {
      auto changed = apply(operation);
      untold |= !operation.complete && !changed.empty();
      std::move(changed.begin(), changed.end(), std::back_inserter(rows));
    }
    if (auto r = database_->write(rows); !r) error = r.error();
  }
  if (!error) {
    take_effect(rows);
  } else {
    index_ahead_ = true;
    retired_.clear();
    late_.clear();
    if (untold) remember(*error);
    // A file that is busy is as unwritable as one that is broken to those who wait for this batch.
    error->code = Errc::database_error;
  }
  for (auto& operation : batch)
    if (operation.complete) operation.complete(error);
}

/// At once, after the propagation delay, or when a late certificate comes out: never before what came before.
void RegistryOwner::publish_when_due(Update update) {
  const auto now = SteadyClock::now();
  auto at = now + config_.propagation;
  if (const auto held = held_.find(update.id); held != held_.end()) at = std::max(at, held->second);
  if (at > now)
    updates_.emplace(at, std::move(update));
  else
    publish_(update.id, update.view);
}

void RegistryOwner::take_effect(const Rows& rows) {
  for (const auto& [id, delay] : late_) held_[id] = SteadyClock::now() + config_.propagation + delay;
  late_.clear();
  for (const auto& row : rows) {
    const auto* certificate = std::get_if<CertificateRow>(&row);
    if (certificate == nullptr) continue;
    plan_retirement(*certificate);
    Update update{certificate->record.id, index_.view(certificate->record)};
    publish_when_due(std::move(update));
  }
  if (config_.on_retired)
    for (const auto& change : retired_) config_.on_retired(change.id, change.device_id);
  retired_.clear();
}

void RegistryOwner::plan_retirement(const CertificateRow& row) {
  if (!row.retire_at || row.record.status != CertificateStatus::active) return;
  const auto wait = std::max(*row.retire_at - clock_.now(), std::chrono::milliseconds(0));
  retirements_.emplace(SteadyClock::now() + wait, row.record.id);
}

RegistryOwner::Operation RegistryOwner::retirement(const CertificateId& id) {
  Operation operation;
  operation.apply = [id](Ledger& ledger) { static_cast<void>(retire_if_due(ledger, id)); };
  operation.complete = [this, id](const std::optional<Error>& error) {
    if (error) remember(*error);
    const auto* row = index_.certificate(id);
    const bool again = error || (row != nullptr && row->retire_at && row->record.status == CertificateStatus::active);
    if (again) retirements_.emplace(SteadyClock::now() + kRetry, id);
  };
  return operation;
}

void RegistryOwner::run_timers() {
  const auto now = SteadyClock::now();
  for (; !updates_.empty() && updates_.begin()->first <= now; updates_.erase(updates_.begin())) {
    const auto& update = updates_.begin()->second;
    publish_(update.id, update.view);
  }
  std::erase_if(held_, [&](const auto& held) { return held.second <= now; });
  std::vector<Operation> due;
  while (!retirements_.empty() && retirements_.begin()->first <= now) {
    due.push_back(retirement(retirements_.begin()->second));
    retirements_.erase(retirements_.begin());
  }
  run(due);
}

}  // namespace firstlight::fakes::iot
