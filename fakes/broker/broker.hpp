// Our own Mosquitto: started from a generated configuration on a private Unix socket, watched, and stopped by pid.
// Owned by the lab; the MQTT edge is its only client, and it never outlives the process that started it.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "fault/rule.hpp"
#include "journal/journal.hpp"

namespace firstlight::fakes {

struct BrokerConfig {
  std::string work_folder;  // exists, mode 0700; gets mosquitto.conf, mosquitto.sock, mosquitto.log, mosquitto.db
  std::string search_path;  // colon-separated folders to find mosquitto in; empty: PATH, /usr/sbin, /usr/local/sbin
  std::chrono::milliseconds start_limit{30'000};  // until the socket accepts; an early exit is noticed at once
  std::chrono::milliseconds stop_limit{3'000};    // after SIGTERM; then SIGKILL
};

class Broker {
 public:
  /// Returns once the socket accepts. From any thread: the kernel ties the child's death signal to the thread that
  /// forks, which is one of the broker's own. A store that another broker left in the folder is removed. Errors:
  /// broker-missing (detail: where it was looked for), broker-failed (detail: why, with Mosquitto's last log lines).
  static result<std::unique_ptr<Broker>> start(BrokerConfig config, journal::Journal& journal);
  ~Broker();  // stop()
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  [[nodiscard]] const std::string& socket_path() const;
  [[nodiscard]] pid_t pid() const;  // of the running process, or of the last one that ran

  /// Calls `on_unexpected_exit` once, on `front`'s thread, with the status as waitpid gives it, when Mosquitto ends
  /// without being told to, or does not come back after kill() or restart(). Call once, before `front` runs or on its
  /// thread; `front` outlives the broker.
  void watch(boost::asio::io_context& front, std::function<void(int status)> on_unexpected_exit);

  /// Faults; done in the order of the calls, from any thread, without waiting. What finds no Mosquitto running is not
  /// done. Its store survives restart() (SIGTERM), as AWS keeps sessions; kill() (SIGKILL) loses every session.
  void kill(Duration off_for);
  void freeze(Duration lasts);
  void restart();
  /// What a scheduled rule of `broker` says; it has fired when it was done. The rule outlives the broker.
  void carry_out(const fault::Rule& rule);

  /// SIGTERM, a bounded wait, SIGKILL. Harmless when it has ended already. From any thread.
  void stop();

 private:
  struct Impl;
  explicit Broker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes
