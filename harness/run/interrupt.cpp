#include "harness/run/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace firstlight::harness {

namespace {

std::atomic<int> g_signal{0};
int g_pipe[2] = {-1, -1};

void on_signal(int number) {
  const int saved = errno;
  int none = 0;
  if (!g_signal.compare_exchange_strong(none, number)) _exit(2);
  const char byte = 1;
  [[maybe_unused]] const auto n = ::write(g_pipe[1], &byte, 1);
  errno = saved;
}

}  // namespace

void Interrupt::install() {
  if (::pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe for signals");
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(s, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool Interrupt::raised() {
  return g_signal.load() != 0;
}

const char* Interrupt::name() {
  switch (g_signal.load()) {
    case 0:
      return "";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "SIGTERM";
  }
}

int Interrupt::number() {
  return g_signal.load();
}

int Interrupt::descriptor() {
  return g_pipe[0];
}

bool Interrupt::wait_for(std::chrono::milliseconds limit) {
  if (raised()) return true;
  pollfd readable{g_pipe[0], POLLIN, 0};
  ::poll(&readable, 1, static_cast<int>(limit.count()));
  return raised();
}

}  // namespace firstlight::harness
