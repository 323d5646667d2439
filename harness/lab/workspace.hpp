// The lab's private folder (0700, under TMPDIR) and its janitor: a small process that removes the folder when
// firstlight ends in whatever way, SIGKILL included. Owned by the lab; created on the main thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace firstlight::harness {

class Workspace {
 public:
  /// Errors: io-error (detail: the folder and errno's text).
  static result<std::unique_ptr<Workspace>> create();
  ~Workspace();  // removes the folder and ends the janitor
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// A new file. Errors: io-error (detail: the path and errno's text).
  static result<void> write(const std::string& path, const std::string& text, mode_t mode);
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  Workspace(std::string path, pid_t janitor, int lifeline)
      : path_(std::move(path)), janitor_(janitor), lifeline_(lifeline) {}
  std::string path_;
  pid_t janitor_;
  int lifeline_;  // the janitor reads the other end: it sees the end of file when this process is gone
};

}  // namespace firstlight::harness
