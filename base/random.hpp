// Keyed random draws: a draw is a pure function of what it decides, so arrival order, threads and other cameras never
// change it. Statistical quality only; keys and serials of certificates come from OpenSSL.
#pragma once

#include <cstdint>
#include <string_view>

namespace firstlight {

/// What a draw decides: the nth attempt of one camera at one point, for one rule (an id of the scenario).
struct DrawKey {
  std::uint64_t seed = 0;
  std::uint32_t camera = 0;
  std::string_view point;
  std::uint32_t attempt = 0;
  std::string_view rule = {};
};

/// 64 uniform bits for the key; the same on every platform (FNV-1a over the strings, SplitMix64 finalisers).
[[nodiscard]] std::uint64_t draw_bits(const DrawKey& key);
/// Uniform in [0, 1).
[[nodiscard]] double draw_unit(const DrawKey& key);

/// A sequence of draws for one owner (one camera's retry jitter, a plan's arrival times), seeded by a key.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed) : state_(seed) {}
  explicit RandomStream(const DrawKey& key) : state_(draw_bits(key)) {}
  std::uint64_t next_bits();
  double next_unit();

 private:
  std::uint64_t state_;
};

}  // namespace firstlight
