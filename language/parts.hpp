// The small values that several parts of a scenario share: durations, positions, parts of the fleet. Included by the
// structs of the scenario (scenario.hpp, faults.hpp) and by expectations; read by everyone who reads those.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "decode/decoder.hpp"

namespace firstlight::language {

using namespace decode;  // the language is written in terms of decoders

inline constexpr std::uint32_t kMaxCameras = 20'000;

/// A part of the fleet: `all`, `20%` or a number of cameras.
struct CameraSet {
  enum class Kind : std::uint8_t { share, number };
  Kind kind = Kind::share;
  std::uint32_t value = 100'00;  // share: hundredths of a percent (`all` is 100'00); number: cameras

  /// How many cameras of a fleet this means: exactly round(n·p) for a share, halves up.
  [[nodiscard]] std::uint32_t of(std::uint32_t fleet) const;
  friend bool operator==(const CameraSet&, const CameraSet&) = default;
};
/// "all", "20%" (up to two decimals, above 0), or a number of cameras.
[[nodiscard]] Decoder<CameraSet> camera_set_decoder();
/// As a percentage, or a number of cameras: `all` is "100%".
[[nodiscard]] std::string text_of(const CameraSet& set);

}  // namespace firstlight::language
