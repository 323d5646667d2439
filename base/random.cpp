#include "base/random.hpp"

namespace firstlight {

namespace {

std::uint64_t mix(std::uint64_t x) {  // SplitMix64's finaliser (Steele, Lea, Flood 2014)
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

double to_unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace

std::uint64_t draw_bits(const DrawKey& key) {
  std::uint64_t h = mix(key.seed + kGolden);
  h = mix(h ^ (fnv1a(key.point) + kGolden));
  h = mix(h ^ (fnv1a(key.rule) + 2 * kGolden));
  h = mix(h ^ ((std::uint64_t{key.camera} << 32 | key.attempt) + 3 * kGolden));
  return h;
}

double draw_unit(const DrawKey& key) {
  return to_unit(draw_bits(key));
}

std::uint64_t RandomStream::next_bits() {
  return mix(state_ += kGolden);
}
double RandomStream::next_unit() {
  return to_unit(next_bits());
}

}  // namespace firstlight
