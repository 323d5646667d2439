#include "harness/run/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/error.hpp"

extern char** environ;

namespace firstlight::harness {

namespace {

constexpr std::size_t kLastLines = 8;
constexpr std::size_t kLongestLine = 4096;

[[noreturn]] void give_up(const std::string& what) {
  throw ErrorException(Error(Errc::io_error, what + ": " + std::strerror(errno)));
}

/// A file without a name that holds the text and stands at its start: written at once, whoever reads it when.
int file_of(const std::string& text) {
  const int fd = ::memfd_create("firstlight-play", MFD_CLOEXEC);
  if (fd < 0) give_up("memfd_create");
  for (std::size_t done = 0; done < text.size();) {
    const auto n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      ::close(fd);
      give_up("the request of a play");
    }
    done += static_cast<std::size_t>(n);
  }
  ::lseek(fd, 0, SEEK_SET);
  return fd;
}

struct Ends {
  int read = -1, write = -1;
};
Ends make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) give_up("pipe");
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return {fds[0], fds[1]};
}

pid_t spawn(const std::string& name, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string program = "firstlight", verb = "play-one", parent = "--parent", pid = std::to_string(::getpid()),
              title = name;
  std::array<char*, 6> argv{program.data(), verb.data(), parent.data(), pid.data(), title.data(), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  errno = error;
  return error == 0 ? child : -1;
}

}  // namespace

Child::Child(const PlayRequest& request, const std::string& name, LineSink on_line) : on_line_(std::move(on_line)) {
  const int in = file_of(encode(request));
  const auto out = make_pipe(), err = make_pipe();
  pid_ = spawn(name, in, out.write, err.write);
  const int error = errno;
  for (const int fd : {in, out.write, err.write}) ::close(fd);
  out_.fd = out.read;
  err_.fd = err.read;
  if (pid_ > 0) return;
  ::close(out_.fd);
  ::close(err_.fd);
  errno = error;
  give_up("the process that plays " + name + " cannot be started");
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  for (const int fd : {out_.fd, err_.fd})
    if (fd >= 0) ::close(fd);
}

void Child::add_descriptors(std::vector<pollfd>& to) const {
  for (const int fd : {out_.fd, err_.fd})
    if (fd >= 0) to.push_back({fd, POLLIN, 0});
}

void Child::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

/// Passes on complete lines. False: the other end is closed.
bool Child::drain(Pipe& pipe, const LineSink& take) {
  std::array<char, 16384> buffer;
  while (pipe.fd >= 0) {
    const auto n = ::read(pipe.fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return true;
    if (n <= 0) break;
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(n))) {
      if (c != '\n') pipe.partial += c;
      if (c != '\n' && pipe.partial.size() < kLongestLine) continue;
      take(pipe.partial);
      pipe.partial.clear();
    }
  }
  if (pipe.fd >= 0) ::close(pipe.fd);
  pipe.fd = -1;
  if (!pipe.partial.empty()) take(pipe.partial);
  pipe.partial.clear();
  return false;
}

void Child::take_report(std::string_view line) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object()) return;
  if (const auto done = j.find("done"); done != j.end() && done->is_string()) result_ = done->get<std::string>();
  if (const auto p = j.find("progress"); p != j.end() && p->is_array() && p->size() == 4)
    counts_ = {(*p)[0].get<std::size_t>(), (*p)[1].get<std::size_t>(), (*p)[2].get<std::size_t>(),
               (*p)[3].get<std::size_t>()};
}

std::optional<PlayEnd> Child::poll() {
  drain(out_, [this](std::string_view line) { take_report(line); });
  const auto keep = [this](std::string_view line) {
    last_lines_.emplace_back(line);
    if (last_lines_.size() > kLastLines) last_lines_.pop_front();
    on_line_(line);
  };
  drain(err_, keep);
  int status = 0;
  const auto reaped = ::waitpid(pid_, &status, WNOHANG);
  if (reaped != pid_) return {};
  drain(out_, [this](std::string_view line) { take_report(line); });  // what came between the two
  drain(err_, keep);
  pid_ = -1;
  return end(status);
}

PlayEnd Child::end(int status) const {
  const bool killed = WIFSIGNALED(status);
  if (result_ && !killed && WEXITSTATUS(status) == 0) return {*result_, false};
  auto text = killed ? fmt::format("the process that played it was ended by SIG{}", ::sigabbrev_np(WTERMSIG(status)))
                     : fmt::format("the process that played it ended with exit code {}", WEXITSTATUS(status));
  // Nothing in this program sends SIGKILL to itself: it was a person, or the kernel for want of memory.
  const bool bug = !killed || WTERMSIG(status) != SIGKILL;
  if (!bug) text += " (somebody killed it, or the kernel for want of memory)";
  if (!last_lines_.empty()) text += fmt::format("; its last words:\n{}", fmt::join(last_lines_, "\n"));
  return {text, bug};
}

}  // namespace firstlight::harness
