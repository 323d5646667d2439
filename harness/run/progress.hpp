// What a person sees while a run goes on, on stderr: one line a finished scenario, and what is going on as a line that
// is redrawn on a terminal or comes from time to time elsewhere. Owned and fed by the pool.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace firstlight::harness {

enum class Verbosity : std::uint8_t { quiet, normal, verbose };

struct ProgressCounts {
  std::size_t planned = 0, started = 0, online = 0, gave_up = 0;
};

/// A scenario that is being played.
struct ProgressItem {
  std::string_view name;
  ProgressCounts counts;
  SteadyClock::time_point since;
};

class Progress {
 public:
  /// `jobs`: how many are played at a time, at most.
  Progress(Verbosity verbosity, std::size_t scenarios, unsigned jobs);
  void starts(std::string_view name);
  /// As often as wanted; it paces itself.
  void update(const std::vector<ProgressItem>& playing);
  void ends(std::string_view name, std::string_view verdict, bool good, std::int64_t duration_ms);
  void retries(std::string_view name, std::string_view verdict, unsigned retry, unsigned of);
  /// A line that the scenario's process wrote.
  void line_of(std::string_view name, std::string_view line);
  /// A line of our own, above the live one.
  void print_line(std::string_view line);

 private:
  void clear();
  Verbosity verbosity_;
  bool terminal_;
  bool live_ = false;  // a live line is on the screen
  std::size_t scenarios_, ended_ = 0;
  unsigned jobs_;
  SteadyClock::time_point last_;
};

/// Whether to colour text for this descriptor: a terminal, no NO_COLOR in the environment, or as `--color` says.
enum class ColourChoice : std::uint8_t { automatic, always, never };
[[nodiscard]] bool use_colour(ColourChoice choice, int descriptor);

}  // namespace firstlight::harness
