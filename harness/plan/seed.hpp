// Which seed decides the draws of a scenario, and who gave it. Every verb that draws anything asks here, so they all
// agree; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace firstlight::harness {

enum class SeedOrigin : std::uint8_t {
  command_line,  // --seed
  scenario,      // its `seed:`
  drawn,         // for this run, because nobody gave one
};
[[nodiscard]] std::string_view origin_name(SeedOrigin origin);  // "command-line", "scenario", "drawn"

struct Seed {
  std::uint64_t value = 0;
  SeedOrigin origin = SeedOrigin::drawn;
};

/// The command line's comes first, then the scenario's own, then the one that was drawn.
[[nodiscard]] Seed choose_seed(std::optional<std::uint64_t> given, std::optional<std::uint64_t> own,
                               std::uint64_t drawn);

}  // namespace firstlight::harness
