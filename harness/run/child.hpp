// A process that plays one scenario, so that its crash is that scenario's alone. Owned by the pool, on the thread that
// started it and lives longest: when that thread ends, the kernel kills the process.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/play.hpp"

namespace firstlight::harness {

/// How the playing ended, as far as the journal cannot tell it.
struct PlayEnd {
  std::string trouble;  // of the lab, of the machine, or ours; empty: none
  bool bug = false;     // it is ours: the process crashed
};

class Child {
 public:
  using LineSink = std::function<void(std::string_view)>;

  /// Starts this program again as `play-one NAME`, in a process group of its own (so a terminal's Ctrl-C reaches only
  /// us, who pass it on once). `on_line` gets each line that it writes to stderr. Throws ErrorException (io-error).
  Child(const PlayRequest& request, const std::string& name, LineSink on_line);
  ~Child();  // kills what still runs, and waits for it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void add_descriptors(std::vector<pollfd>& to) const;
  /// Takes what it has written, without waiting; how it ended, once it has.
  std::optional<PlayEnd> poll();
  void send(int signal) const;
  [[nodiscard]] const ProgressCounts& counts() const { return counts_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  struct Pipe {
    int fd = -1;
    std::string partial;  // a line that is not complete yet
  };
  bool drain(Pipe& pipe, const LineSink& take);
  void take_report(std::string_view line);
  [[nodiscard]] PlayEnd end(int status) const;

  pid_t pid_ = -1;
  Pipe out_, err_;
  LineSink on_line_;
  ProgressCounts counts_;
  std::optional<std::string> result_;   // its own account of the end
  std::deque<std::string> last_lines_;  // of stderr
};

/// The other side: what the verb `play-one` does in the process, with the request on standard input. The exit code.
int play_as_child(pid_t parent);

}  // namespace firstlight::harness
