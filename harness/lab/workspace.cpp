#include "harness/lab/workspace.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace firstlight::harness {

namespace {

Error failed(const std::string& what) {
  return {Errc::io_error, what + ": " + std::strerror(errno)};
}

/// A shell that outlives signals to our process group (it has a session of its own), waits for the end of its input,
/// and removes the folder. posix_spawn and not fork: other threads may exist already.
result<pid_t> spawn_janitor(const std::string& path, int input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string script = R"(trap "" INT TERM HUP; cd /; read -r _; rm -rf -- "$1")";
  std::string shell = "sh", option = "-c", name = "firstlight-janitor", folder = path;
  std::array<char*, 6> argv{shell.data(), option.data(), script.data(), name.data(), folder.data(), nullptr};
  pid_t pid = -1;
  errno = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv.data(), environ);
  const int error = errno;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  errno = error;
  if (errno != 0) return failed("the janitor of " + path);
  return pid;
}

}  // namespace

result<std::unique_ptr<Workspace>> Workspace::create() {
  const char* base = std::getenv("TMPDIR");
  auto path = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/firstlight-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return failed(path);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    const auto error = failed("pipe");
    ::rmdir(path.c_str());
    return error;
  }
  const auto janitor = spawn_janitor(path, ends[0]);
  ::close(ends[0]);
  if (!janitor) {
    ::close(ends[1]);
    ::rmdir(path.c_str());
    return janitor.error();
  }
  return std::unique_ptr<Workspace>(new Workspace(std::move(path), *janitor, ends[1]));
}

result<void> Workspace::write(const std::string& path, const std::string& text, mode_t mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const auto written = fd < 0 ? -1 : ::write(fd, text.data(), text.size());
  const auto error = failed(path);
  if (fd >= 0) ::close(fd);
  if (written != static_cast<ssize_t>(text.size())) return error;
  return result<void>();
}

Workspace::~Workspace() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  ::close(lifeline_);
  while (::waitpid(janitor_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace firstlight::harness
