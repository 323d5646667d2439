#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>

#include "fakes/broker/broker.hpp"
#include "fakes/broker/launch.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kLogLines = 5;

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

/// glibc has no pidfd_open before 2.36.
Descriptor open_pidfd(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

/// Whether the process of the pidfd ended within the limit.
bool ended_within(int pidfd, milliseconds limit) {
  pollfd p{pidfd, POLLIN, 0};
  const auto deadline = SteadyClock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now()).count();
    const int n = ::poll(&p, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (n > 0) return true;
    if (n == 0 || errno != EINTR) return false;
  }
}

bool accepts(const std::string& socket_path) {
  const Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_mosquitto(pid_t parent, const char* program, const char* config, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before the signal was armed
  ::setpgid(0, 0);                          // Ctrl-C is the lab's: it stops the broker in its own order
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2}) ::signal(s, SIG_DFL);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::execl(program, program, "-c", config, static_cast<char*>(nullptr));
  constexpr std::string_view kFailed = "exec failed\n";
  (void)!::write(STDERR_FILENO, kFailed.data(), kFailed.size());
  ::_exit(127);
}

std::string describe_status(int status) {
  if (WIFEXITED(status)) return fmt::format("exit status {}", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("status {}", status);
}

}  // namespace

struct Broker::Impl : std::enable_shared_from_this<Broker::Impl> {
  Impl(BrokerConfig c, journal::Lane l) : config(std::move(c)), lane(std::move(l)) {}

  [[nodiscard]] std::string file(std::string_view name) const { return fmt::format("{}/{}", config.work_folder, name); }

  result<void> start(const std::string& program, NoKeepAlive how);
  result<void> launch(const std::string& program, NoKeepAlive how);
  result<void> await_socket(SteadyClock::time_point started);
  /// Takes the exit status, once; nothing when the process still runs or was reaped before. Under `mutex`.
  std::optional<int> reap();
  void stop();
  void arm(std::function<void(int)> callback);

  BrokerConfig config;
  journal::Lane lane;
  std::string socket_path;
  std::mutex mutex;  // stop() and the watcher may run on different threads; never touched by the data plane
  pid_t pid = 0;
  bool running = false;
  bool stopping = false;
  Descriptor pidfd;
  std::unique_ptr<asio::posix::stream_descriptor> watcher;
};

result<void> Broker::Impl::start(const std::string& program, NoKeepAlive how) {
  const auto started = SteadyClock::now();
  if (const auto launched = launch(program, how); !launched) return launched.error();
  return await_socket(started);
}

result<void> Broker::Impl::launch(const std::string& program, NoKeepAlive how) {
  const auto config_path = file("mosquitto.conf"), log_path = file("mosquitto.log");
  {
    std::ofstream out(config_path, std::ios::trunc);
    out << mosquitto_config(socket_path, current_user_name(), how);
    out.close();
    if (!out) return Error(Errc::broker_failed, fmt::format("cannot write {}", config_path));
  }
  const Descriptor log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (log.get() < 0) return Error(Errc::broker_failed, fmt::format("cannot write {}: {}", log_path, strerror(errno)));
  ::unlink(socket_path.c_str());  // a stale one would refuse connects until Mosquitto replaces it
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Error(Errc::broker_failed, fmt::format("fork: {}", strerror(errno)));
  if (child == 0) become_mosquitto(parent, program.c_str(), config_path.c_str(), log.get());
  pid = child;
  running = true;
  pidfd = open_pidfd(child);
  if (pidfd.get() < 0) return Error(Errc::broker_failed, fmt::format("pidfd_open: {}", strerror(errno)));
  return {};
}

result<void> Broker::Impl::await_socket(SteadyClock::time_point started) {
  while (!accepts(socket_path)) {
    if (ended_within(pidfd.get(), milliseconds(2))) {
      const auto status = reap();
      return Error(Errc::broker_failed, fmt::format("{}: {}", describe_status(status.value_or(0)),
                                                    last_lines(file("mosquitto.log"), kLogLines)));
    }
    if (SteadyClock::now() - started < config.start_limit) continue;
    return Error(Errc::broker_failed,
                 fmt::format("its socket did not accept within {} ms: {}", config.start_limit.count(),
                             last_lines(file("mosquitto.log"), kLogLines)));
  }
  journal::BrokerStarted event;
  event.pid = pid;
  event.took_us = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started).count();
  lane.append(journal::Source::broker, 0, {}, event);
  return {};
}

std::optional<int> Broker::Impl::reap() {
  if (!running) return {};
  int status = 0;
  pid_t got = 0;
  do got = ::waitpid(pid, &status, WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got == 0) return {};
  running = false;
  return status;
}

void Broker::Impl::stop() {
  const std::lock_guard lock(mutex);
  if (!running) return;
  stopping = true;
  ::kill(pid, SIGTERM);
  ::kill(pid, SIGCONT);  // a frozen broker gets its SIGTERM only then
  if (pidfd.get() < 0 || !ended_within(pidfd.get(), config.stop_limit)) {
    ::kill(pid, SIGKILL);
    if (pidfd.get() >= 0) ended_within(pidfd.get(), std::chrono::seconds(5));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  running = false;
  journal::BrokerExited event;
  event.pid = pid;
  event.status = status;
  event.expected = true;
  lane.append(journal::Source::broker, 0, {}, event);
}

void Broker::Impl::arm(std::function<void(int)> callback) {
  auto on_ready = [weak = weak_from_this(), callback = std::move(callback)](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (ec || !self) return;
    std::optional<int> status;
    {
      const std::lock_guard lock(self->mutex);
      if (!self->stopping) status = self->reap();
      if (!status) return;
      journal::BrokerExited event;
      event.pid = self->pid;
      event.status = *status;
      event.expected = false;
      self->lane.append(journal::Source::broker, 0, {}, event);
    }
    callback(*status);
  };
  watcher->async_wait(asio::posix::stream_descriptor::wait_read, std::move(on_ready));
}

Broker::Broker(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Broker::~Broker() {
  stop();
}

result<std::unique_ptr<Broker>> Broker::start(BrokerConfig config, journal::Journal& journal) {
  const auto program = find_mosquitto(config.search_path);
  if (!program) return program.error();
  auto impl = std::make_shared<Impl>(std::move(config), journal.lane());
  impl->socket_path = impl->file("mosquitto.sock");
  if (const auto fits = check_socket_path(impl->socket_path); !fits) return fits.error();
  std::unique_ptr<Broker> broker(new Broker(impl));  // stops it on every error below
  auto ready = impl->start(*program, NoKeepAlive::by_setting);
  if (!ready && ready.error().detail.find("max_keepalive") != std::string::npos)
    ready = impl->start(*program, NoKeepAlive::by_default);
  if (!ready) return ready.error();
  return broker;
}

const std::string& Broker::socket_path() const {
  return impl_->socket_path;
}

pid_t Broker::pid() const {
  return impl_->pid;
}

void Broker::watch(asio::io_context& front, std::function<void(int)> on_unexpected_exit) {
  // Its own descriptor of the same process: the watcher closes what it is given.
  const int fd = ::fcntl(impl_->pidfd.get(), F_DUPFD_CLOEXEC, 3);
  impl_->watcher = std::make_unique<asio::posix::stream_descriptor>(front, fd);
  impl_->arm(std::move(on_unexpected_exit));
}

void Broker::stop() {
  impl_->stop();
}

}  // namespace firstlight::fakes
