#include "harness/scenario/scenario.hpp"

namespace firstlight::harness {

std::uint32_t CameraSet::of(std::uint32_t fleet) const {
  if (kind == Kind::number) return value;
  constexpr std::uint64_t kWhole = 100'00;
  return static_cast<std::uint32_t>((std::uint64_t{fleet} * value + kWhole / 2) / kWhole);
}

}  // namespace firstlight::harness
