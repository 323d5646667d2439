// Which cameras an expectation is about: all, those for which a fault fired, or some by number. Used by the
// expectations that look at certain cameras.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "decode/decoder.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

struct AllCameras {
  friend bool operator==(const AllCameras&, const AllCameras&) = default;
};
struct FaultedCameras {  // those for which a fault fired
  bool faulted = true;   // false: those for which none did
  friend bool operator==(const FaultedCameras&, const FaultedCameras&) = default;
};
using CameraNumbers = std::vector<std::uint32_t>;  // ascending, each once
using WhichCameras = std::variant<AllCameras, FaultedCameras, CameraNumbers>;

/// `all`, `faulted`, `healthy`, `[3, 7]`, `1..10`.
[[nodiscard]] Decoder<WhichCameras> which_cameras_decoder();
[[nodiscard]] std::string text_of(const WhichCameras& which);

}  // namespace firstlight::language
