// The one thread that forks, signals, watches and reaps Mosquitto, and does what the rules of `broker` say. Owned by
// Broker; Mosquitto's parent-death signal is tied to this thread, so it lives exactly as long as any Mosquitto may.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "fakes/broker/broker.hpp"
#include "fakes/broker/launch.hpp"
#include "fakes/broker/process.hpp"
#include "fault/engine.hpp"
#include "fault/plans/broker.hpp"

namespace firstlight::fakes {

class BrokerSupervisor {
 public:
  BrokerSupervisor(BrokerConfig config, std::string program, journal::Lane lane);
  ~BrokerSupervisor() { stop(); }
  BrokerSupervisor(const BrokerSupervisor&) = delete;
  BrokerSupervisor& operator=(const BrokerSupervisor&) = delete;

  /// Starts the thread and Mosquitto, and waits until its socket accepts. Once. Errors: broker-failed.
  result<void> start();
  /// From any thread; harmless when it was called before. Returns when Mosquitto and the thread have ended.
  void stop();

  struct Command {
    fault::BrokerPlan plan;
    std::optional<fault::Injection> injection;  // proven when it was done
  };
  /// Queues it. From any thread.
  void command(Command command);
  /// Called once, on the thread, with the status of a Mosquitto that ended though nobody told it to; at once when that
  /// was before.
  void on_unexpected_exit(std::function<void(int status)> callback);

  [[nodiscard]] const std::string& socket_path() const { return socket_path_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  void run(std::promise<result<void>> started);
  void supervise();
  result<void> start_first();
  result<void> start_process();
  result<void> await_socket(SteadyClock::time_point started);
  void wait_for_something();
  void execute(Command command);
  void look_after_process();
  enum class Exit : std::uint8_t { expected, unexpected };
  void ended(int status, Exit exit);
  void prove(std::optional<fault::Injection>& injection, std::string detail);
  void forget_store();
  [[nodiscard]] std::string file(std::string_view name) const;
  void wake() const;

  const BrokerConfig config_;
  const std::string program_;
  const std::string socket_path_;
  std::atomic<pid_t> pid_{0};
  std::atomic<bool> stopping_{false};
  Descriptor wake_;  // eventfd

  // Of the thread alone.
  journal::Lane lane_;
  NoKeepAlive how_ = NoKeepAlive::by_setting;
  MosquittoProcess process_;
  int failed_status_ = 0;  // of one that ended before its socket accepted
  std::optional<SteadyClock::time_point> thaw_at_, start_at_;

  std::mutex mutex_;  // of what follows; held for a push or a look-up only
  std::vector<Command> commands_;
  std::optional<int> unexpected_;
  std::function<void(int)> callback_;

  std::mutex stop_mutex_;  // of the join
  std::thread thread_;
};

}  // namespace firstlight::fakes
