#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fakes/iot/database.hpp"

namespace firstlight::fakes::iot {

result<StateFileLock> StateFileLock::take(const std::string& path) {
  const auto failed = [&](const char* what) {
    return Error(Errc::database_error, fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
  };
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NONBLOCK;  // O_NONBLOCK: a FIFO must not hold us
  int fd = ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
  const bool created = fd >= 0;
  if (fd < 0 && errno == EEXIST) fd = ::open(path.c_str(), kFlags);
  if (fd < 0) return failed("cannot be opened for writing");
  StateFileLock lock(fd, created);
  struct stat status {};
  if (::fstat(fd, &status) != 0) return failed("cannot be examined");
  if (!S_ISREG(status.st_mode)) return Error(Errc::database_error, fmt::format("{}: not a regular file", path));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return failed("cannot be locked");
  return Error(Errc::database_locked,
               fmt::format("{}: another lab uses this file; end it, or give this one a file of its own", path));
}

StateFileLock::StateFileLock(StateFileLock&& other) noexcept : fd_(other.fd_), created_(other.created_) {
  other.fd_ = -1;
}

StateFileLock::~StateFileLock() {
  if (fd_ >= 0) ::close(fd_);
}

void StateFileLock::keep_private() const {
  // Fails only where the file is another user's, who has its keys anyway.
  static_cast<void>(::fchmod(fd_, 0600));
}

}  // namespace firstlight::fakes::iot
