#include "fakes/broker/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include "base/time.hpp"

namespace firstlight::fakes {

using std::chrono::milliseconds;

namespace {

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

}  // namespace

bool accepts(const std::string& socket_path) {
  const Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string describe_status(int status) {
  if (WIFEXITED(status)) return fmt::format("exit status {}", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("status {}", status);
}

MosquittoProcess::~MosquittoProcess() {
  if (running()) kill();
}

result<void> MosquittoProcess::launch(const std::string& program, const std::string& config_path,
                                      const std::string& log_path) {
  const Descriptor log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (log.get() < 0) return Error(Errc::broker_failed, fmt::format("cannot write {}: {}", log_path, strerror(errno)));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Error(Errc::broker_failed, fmt::format("fork: {}", strerror(errno)));
  if (child == 0) become_mosquitto(parent, program.c_str(), config_path.c_str(), log.get());
  pid_ = child;
  // glibc has no pidfd_open before 2.36.
  pidfd_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (pidfd_.get() >= 0) return {};
  const Error error(Errc::broker_failed, fmt::format("pidfd_open: {}", strerror(errno)));
  kill();
  return error;
}

bool MosquittoProcess::freeze() {
  ::kill(pid_, SIGSTOP);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  return info.si_code == CLD_STOPPED;
}

void MosquittoProcess::thaw() {
  ::kill(pid_, SIGCONT);
}

std::optional<int> MosquittoProcess::reap() {
  if (!running() || !ended_within(milliseconds(0))) return {};
  return wait();
}

int MosquittoProcess::kill() {
  ::kill(pid_, SIGKILL);
  return wait();
}

int MosquittoProcess::terminate(milliseconds limit) {
  ::kill(pid_, SIGTERM);
  ::kill(pid_, SIGCONT);  // a frozen process gets its SIGTERM only then
  if (!ended_within(limit)) ::kill(pid_, SIGKILL);
  return wait();
}

int MosquittoProcess::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  pidfd_.reset();
  return status;
}

bool MosquittoProcess::ended_within(milliseconds limit) const {
  pollfd p{pidfd_.get(), POLLIN, 0};
  const auto deadline = SteadyClock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now()).count();
    const int n = ::poll(&p, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (n > 0) return true;
    if (n == 0 || errno != EINTR) return false;
  }
}

}  // namespace firstlight::fakes
