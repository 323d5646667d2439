#include "harness/run/progress.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "harness/run/print.hpp"

namespace firstlight::harness {

using namespace std::chrono_literals;

namespace {

constexpr auto kLiveEvery = 100ms;
constexpr auto kPlainEvery = 5s;

std::string item_text(const ProgressItem& item) {
  const auto& c = item.counts;
  if (c.planned == 0) return fmt::format("{} starting", item.name);
  return fmt::format("{} {}/{} online{}{}, {:.1f} s", item.name, c.online, c.planned,
                     c.started < c.planned ? fmt::format(", {} not started", c.planned - c.started) : "",
                     c.gave_up > 0 ? fmt::format(", {} gave up", c.gave_up) : "",
                     std::chrono::duration<double>(SteadyClock::now() - item.since).count());
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

}  // namespace

Progress::Progress(Verbosity verbosity, std::size_t scenarios, unsigned jobs)
    : verbosity_(verbosity),
      terminal_(verbosity == Verbosity::normal && ::isatty(STDERR_FILENO) == 1),
      scenarios_(scenarios),
      jobs_(jobs),
      last_(SteadyClock::now()) {}

void Progress::clear() {
  if (live_) write_to(stderr, "\r\x1b[K");
  live_ = false;
}

void Progress::starts(std::string_view name) {
  if (verbosity_ == Verbosity::quiet || terminal_ || jobs_ > 1) return;
  print_line(fmt::format("[{}/{}] {} …", ended_ + 1, scenarios_, name));
}

void Progress::update(const std::vector<ProgressItem>& playing) {
  if (verbosity_ == Verbosity::quiet || playing.empty()) return;
  const auto now = SteadyClock::now();
  if (now - last_ < (terminal_ ? SteadyClock::duration(kLiveEvery) : SteadyClock::duration(kPlainEvery))) return;
  last_ = now;
  std::vector<std::string> parts;
  for (const auto& item : playing) parts.push_back(item_text(item));
  auto text = fmt::format("[{} of {} done] {}", ended_, scenarios_, fmt::join(parts, "; "));
  if (!terminal_) return print_line(text);
  if (const auto width = terminal_width() - 1; text.size() > width) text.resize(width);
  harness::print_to(stderr, "\r\x1b[K{}", text);
  live_ = true;
}

void Progress::ends(std::string_view name, std::string_view verdict, bool good, std::int64_t duration_ms) {
  ++ended_;
  if (verbosity_ == Verbosity::quiet) return;
  const bool colour = use_colour(ColourChoice::automatic, STDERR_FILENO);
  const auto shown = colour ? fmt::format("\x1b[{}m{}\x1b[0m", good ? "32" : "31;1", verdict) : std::string(verdict);
  print_line(fmt::format("[{}/{}] {}: {} ({:.1f} s)", ended_, scenarios_, name, shown,
                         static_cast<double>(duration_ms) / 1000.0));
}

void Progress::retries(std::string_view name, std::string_view verdict, unsigned retry, unsigned of) {
  if (verbosity_ != Verbosity::quiet)
    print_line(fmt::format("{}: {}; trying again ({} of {})", name, verdict, retry, of));
}

void Progress::line_of(std::string_view name, std::string_view line) {
  print_line(jobs_ > 1 ? fmt::format("{}: {}", name, line) : std::string(line));
}

void Progress::print_line(std::string_view line) {
  clear();
  harness::print_to(stderr, "{}\n", line);
}

bool use_colour(ColourChoice choice, int descriptor) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  const char* no = std::getenv("NO_COLOR");  // https://no-color.org
  return (no == nullptr || *no == '\0') && ::isatty(descriptor) == 1;
}

}  // namespace firstlight::harness
