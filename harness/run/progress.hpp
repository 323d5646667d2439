// What a person sees while a run goes on, on stderr: one line that is redrawn on a terminal, plain lines from time to
// time elsewhere. Owned by the runner and fed by it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace firstlight::harness {

enum class Verbosity : std::uint8_t { quiet, normal, verbose };

struct ProgressCounts {
  std::size_t planned = 0, started = 0, online = 0, gave_up = 0;
};

class Progress {
 public:
  explicit Progress(Verbosity verbosity);
  void scenario_starts(std::string name, std::size_t number, std::size_t of);
  void update(const ProgressCounts& counts);  // as often as wanted; it paces itself
  void scenario_ends(std::string_view verdict, bool good);
  /// A whole line, above the live one.
  void say(std::string_view line);

 private:
  void clear();
  Verbosity verbosity_;
  bool terminal_;
  bool live_ = false;  // a live line is on the screen
  std::string name_;
  std::string position_;
  SteadyClock::time_point started_;
  SteadyClock::time_point last_;
};

/// Whether to colour text for this descriptor: a terminal, no NO_COLOR in the environment, or as `--color` says.
enum class ColourChoice : std::uint8_t { automatic, always, never };
[[nodiscard]] bool use_colour(ColourChoice choice, int descriptor);

}  // namespace firstlight::harness
