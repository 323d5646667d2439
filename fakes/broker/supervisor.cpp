#include "fakes/broker/supervisor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace firstlight::fakes {

using std::chrono::milliseconds;
using Action = fault::BrokerPlan::Action;

namespace {

constexpr std::size_t kLogLines = 5;

}  // namespace

BrokerSupervisor::BrokerSupervisor(BrokerConfig config, std::string program, journal::Lane lane)
    : config_(std::move(config)),
      program_(std::move(program)),
      socket_path_(file("mosquitto.sock")),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      lane_(std::move(lane)) {}

std::string BrokerSupervisor::file(std::string_view name) const {
  return fmt::format("{}/{}", config_.work_folder, name);
}

result<void> BrokerSupervisor::start() {
  std::promise<result<void>> started;
  auto outcome = started.get_future();
  thread_ = std::thread([this, promise = std::move(started)]() mutable {
    pthread_setname_np(pthread_self(), "fl-broker");
    run(std::move(promise));
  });
  return outcome.get();
}

void BrokerSupervisor::stop() {
  stopping_ = true;
  wake();
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
}

void BrokerSupervisor::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void BrokerSupervisor::command(Command command) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
  }
  wake();
}

void BrokerSupervisor::on_unexpected_exit(std::function<void(int)> callback) {
  std::optional<int> before;
  {
    const std::lock_guard lock(mutex_);
    before = unexpected_;
    if (!before) {
      callback_ = std::move(callback);
      return;
    }
  }
  callback(*before);
}

void BrokerSupervisor::run(std::promise<result<void>> started) {
  auto outcome = start_first();
  const bool runs = static_cast<bool>(outcome);
  started.set_value(std::move(outcome));
  if (runs) supervise();
  if (process_.running()) ended(process_.terminate(config_.stop_limit), Exit::expected);
}

result<void> BrokerSupervisor::start_first() {
  forget_store();
  auto ready = start_process();
  if (!ready && ready.error().detail.find("max_keepalive") != std::string::npos) {
    how_ = NoKeepAlive::by_default;
    ready = start_process();
  }
  return ready;
}

result<void> BrokerSupervisor::start_process() {
  const auto started = SteadyClock::now();
  const auto config_path = file("mosquitto.conf");
  {
    std::ofstream out(config_path, std::ios::trunc);
    out << mosquitto_config(socket_path_, current_user_name(), config_.work_folder, how_);
    out.close();
    if (!out) return Error(Errc::broker_failed, fmt::format("cannot write {}", config_path));
  }
  ::unlink(socket_path_.c_str());  // a stale one would refuse connects until Mosquitto replaces it
  auto launched = process_.launch(program_, config_path, file("mosquitto.log"));
  if (!launched) return launched;
  pid_ = process_.pid();
  return await_socket(started);
}

result<void> BrokerSupervisor::await_socket(SteadyClock::time_point started) {
  while (!accepts(socket_path_)) {
    if (process_.ended_within(milliseconds(2))) {
      failed_status_ = process_.reap().value_or(0);
      return Error(Errc::broker_failed, fmt::format("{}: {}", describe_status(failed_status_),
                                                    last_lines(file("mosquitto.log"), kLogLines)));
    }
    if (stopping_) return Error(Errc::broker_failed, "it was stopped before its socket accepted");
    if (SteadyClock::now() - started < config_.start_limit) continue;
    return Error(Errc::broker_failed,
                 fmt::format("its socket did not accept within {} ms: {}", config_.start_limit.count(),
                             last_lines(file("mosquitto.log"), kLogLines)));
  }
  journal::BrokerStarted event;
  event.pid = process_.pid();
  event.took_us = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started).count();
  lane_.append(journal::Source::broker, 0, {}, event);
  return {};
}

void BrokerSupervisor::supervise() {
  while (!stopping_) {
    wait_for_something();
    std::vector<Command> commands;
    {
      const std::lock_guard lock(mutex_);
      commands.swap(commands_);
    }
    for (auto& command : commands) execute(std::move(command));
    if (!stopping_) look_after_process();
  }
}

void BrokerSupervisor::wait_for_something() {
  std::array<pollfd, 2> ready{pollfd{wake_.get(), POLLIN, 0}, pollfd{process_.pidfd(), POLLIN, 0}};
  int limit = -1;
  for (const auto& due : {thaw_at_, start_at_}) {
    if (!due) continue;
    const auto left = std::chrono::ceil<milliseconds>(*due - SteadyClock::now()).count();
    const auto wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    limit = limit < 0 ? wait : std::min(limit, wait);
  }
  ::poll(ready.data(), process_.running() ? 2 : 1, limit);
  std::uint64_t count = 0;
  (void)!::read(wake_.get(), &count, sizeof count);
}

/// What finds no Mosquitto running is not done, and its rule has not fired.
void BrokerSupervisor::execute(Command command) {
  if (!process_.running()) return;
  const auto lasts = command.plan.lasts;
  switch (command.plan.action) {
    case Action::none:
      return;
    case Action::freeze: {
      if (!process_.freeze()) return;
      const auto until = SteadyClock::now() + lasts;
      thaw_at_ = std::max(thaw_at_.value_or(until), until);
      return prove(command.injection, fmt::format("SIGSTOP for {}", format_duration(lasts)));
    }
    case Action::kill:
      ended(process_.kill(), Exit::expected);
      forget_store();
      start_at_ = SteadyClock::now() + lasts;
      return prove(command.injection, fmt::format("SIGKILL, started again in {}", format_duration(lasts)));
    case Action::restart:
      ended(process_.terminate(config_.stop_limit), Exit::expected);
      start_at_ = SteadyClock::now();
      return prove(command.injection, "SIGTERM, started again at once");
  }
}

void BrokerSupervisor::look_after_process() {
  const auto now = SteadyClock::now();
  if (const auto status = process_.reap()) ended(*status, Exit::unexpected);
  if (thaw_at_ && *thaw_at_ <= now) {
    thaw_at_.reset();
    if (process_.running()) process_.thaw();
  }
  if (!start_at_ || *start_at_ > now) return;
  start_at_.reset();
  const auto started = start_process();
  if (started || stopping_) return;
  ended(process_.running() ? process_.kill() : failed_status_, Exit::unexpected);
}

void BrokerSupervisor::ended(int status, Exit exit) {
  thaw_at_.reset();
  journal::BrokerExited event;
  event.pid = pid_;
  event.status = status;
  event.expected = exit == Exit::expected;
  lane_.append(journal::Source::broker, 0, {}, event);
  if (exit == Exit::expected) return;
  std::function<void(int)> callback;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(unexpected_, status)) return;
    callback = std::exchange(callback_, nullptr);
  }
  if (callback) callback(status);
}

void BrokerSupervisor::prove(std::optional<fault::Injection>& injection, std::string detail) {
  if (injection) injection->fired(lane_, journal::Source::broker, {}, std::move(detail));
}

void BrokerSupervisor::forget_store() {
  ::unlink(file(kStoreFile).c_str());
}

}  // namespace firstlight::fakes
