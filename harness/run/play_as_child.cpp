// The process that plays one scenario: it dies with its parent, reads what to play, and tells progress and its end on
// standard output as JSON, a line each: {"progress":[planned,started,online,gave_up]} and {"done":"trouble or
// nothing"}.
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "base/error.hpp"
#include "harness/run/child.hpp"

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {

constexpr auto kProgressEvery = 100ms;

void tell(const nlohmann::json& j) {
  const auto line = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

/// Whether a line can be written without waiting for the parent (which may be stopped by Ctrl-Z).
bool parent_reads() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

class Teller {
 public:
  void operator()(const ProgressCounts& c) {
    const auto now = SteadyClock::now();
    if (now - last_ < kProgressEvery || !parent_reads()) return;
    last_ = now;
    tell({{"progress", {c.planned, c.started, c.online, c.gave_up}}});
  }

 private:
  SteadyClock::time_point last_;
};

}  // namespace

int play_as_child(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) return 10;  // it died before we asked
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const auto request = decode(text);
  std::string trouble;
  try {
    Teller teller;
    trouble = play(request, [&teller](const ProgressCounts& c) { teller(c); });
  } catch (const ErrorException& e) {  // what the machine refused
    trouble = e.what();
  }
  tell({{"done", trouble}});
  return 0;
}

}  // namespace firstlight::harness
