// Mosquitto's process: forked with the parent-death signal armed, watched by a pidfd, and always reaped. Owned and used
// by the broker's one supervising thread; no Asio.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace firstlight::fakes {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

class MosquittoProcess {
 public:
  MosquittoProcess() = default;
  ~MosquittoProcess();  // SIGKILL, should it still run
  MosquittoProcess(const MosquittoProcess&) = delete;
  MosquittoProcess& operator=(const MosquittoProcess&) = delete;

  /// Nothing runs before. The kernel ties the child's death signal to the calling thread: when that ends, Mosquitto is
  /// killed. Errors: broker-failed (detail: errno's text).
  result<void> launch(const std::string& program, const std::string& config_path, const std::string& log_path);

  [[nodiscard]] bool running() const { return pid_ != 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }  // readable once the process ended

  /// SIGSTOP; false when it ended instead.
  bool freeze();
  void thaw();
  /// Takes the exit status (as waitpid gives it) of a process that ended; nothing while it runs.
  std::optional<int> reap();
  /// SIGKILL, or SIGTERM and SIGKILL after the limit; returns the exit status.
  int kill();
  int terminate(std::chrono::milliseconds limit);
  /// Waits so long; whether it ended.
  [[nodiscard]] bool ended_within(std::chrono::milliseconds limit) const;

 private:
  int wait();

  pid_t pid_ = 0;
  Descriptor pidfd_;
};

/// Whether the Unix socket accepts a connection now.
[[nodiscard]] bool accepts(const std::string& socket_path);
[[nodiscard]] std::string describe_status(int status);  // "exit status 1", "signal 9"

}  // namespace firstlight::fakes
