// The small values that several parts of a scenario share: durations, positions, parts of the fleet. Included by the
// structs of the scenario (scenario.hpp, expectations.hpp); read by everyone who reads those.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace firstlight::harness {

using Duration = std::chrono::microseconds;

inline constexpr std::uint32_t kMaxCameras = 20'000;

/// Where something stands in the scenario's file; both count from 1, columns count characters. 0: nowhere.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// A part of the fleet: `all`, `20%` or a number of cameras.
struct CameraSet {
  enum class Kind : std::uint8_t { share, number };
  Kind kind = Kind::share;
  std::uint32_t value = 100'00;  // share: hundredths of a percent (`all` is 100'00); number: cameras

  /// How many cameras of a fleet this means: exactly round(n·p) for a share, halves up.
  [[nodiscard]] std::uint32_t of(std::uint32_t fleet) const;
  friend bool operator==(const CameraSet&, const CameraSet&) = default;
};

}  // namespace firstlight::harness
