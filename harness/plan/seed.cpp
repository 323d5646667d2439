#include "harness/plan/seed.hpp"

namespace firstlight::harness {

std::string_view origin_name(SeedOrigin origin) {
  switch (origin) {
    case SeedOrigin::command_line:
      return "command-line";
    case SeedOrigin::scenario:
      return "scenario";
    case SeedOrigin::drawn:
      return "drawn";
  }
  return "?";
}

Seed choose_seed(std::optional<std::uint64_t> given, std::optional<std::uint64_t> own, std::uint64_t drawn) {
  if (given) return {*given, SeedOrigin::command_line};
  if (own) return {*own, SeedOrigin::scenario};
  return {drawn, SeedOrigin::drawn};
}

}  // namespace firstlight::harness
