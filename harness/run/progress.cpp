#include "harness/run/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {
constexpr auto kLiveEvery = 100ms;
constexpr auto kPlainEvery = 5s;
}  // namespace

Progress::Progress(Verbosity verbosity)
    : verbosity_(verbosity), terminal_(verbosity == Verbosity::normal && ::isatty(STDERR_FILENO) == 1) {}

void Progress::clear() {
  if (live_) fmt::print(stderr, "\r\x1b[K");
  live_ = false;
}

void Progress::scenario_starts(std::string name, std::size_t number, std::size_t of) {
  name_ = std::move(name);
  position_ = fmt::format("[{}/{}]", number, of);
  started_ = last_ = SteadyClock::now();
  if (verbosity_ != Verbosity::quiet && !terminal_) fmt::print(stderr, "{} {} …\n", position_, name_);
}

void Progress::update(const ProgressCounts& c) {
  if (verbosity_ == Verbosity::quiet) return;
  const auto now = SteadyClock::now();
  if (now - last_ < (terminal_ ? SteadyClock::duration(kLiveEvery) : SteadyClock::duration(kPlainEvery))) return;
  last_ = now;
  const auto text = fmt::format("{} {}: {} of {} cameras online{}{}, {:.1f} s", position_, name_, c.online, c.planned,
                                c.started < c.planned ? fmt::format(", {} not started", c.planned - c.started) : "",
                                c.gave_up > 0 ? fmt::format(", {} gave up", c.gave_up) : "",
                                std::chrono::duration<double>(now - started_).count());
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", text);
    std::fflush(stderr);
    live_ = true;
  } else {
    fmt::print(stderr, "{}\n", text);
  }
}

void Progress::scenario_ends(std::string_view verdict, bool good) {
  clear();
  if (verbosity_ == Verbosity::quiet) return;
  const bool colour = use_colour(ColourChoice::automatic, STDERR_FILENO);
  fmt::print(stderr, "{} {}: {}\n", position_, name_,
             colour ? fmt::format("\x1b[{}m{}\x1b[0m", good ? "32" : "31;1", verdict) : std::string(verdict));
}

void Progress::say(std::string_view line) {
  clear();
  fmt::print(stderr, "{}\n", line);
}

bool use_colour(ColourChoice choice, int descriptor) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  const char* no = std::getenv("NO_COLOR");  // https://no-color.org
  return (no == nullptr || *no == '\0') && ::isatty(descriptor) == 1;
}

}  // namespace firstlight::harness
