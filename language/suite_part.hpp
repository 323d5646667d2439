// A suite cut into parts that run on different machines: each scenario belongs to one, by its name alone. Used by the
// suite and by the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firstlight::language {

struct SuitePart {
  std::uint32_t number = 1;  // 1 to `of`
  std::uint32_t of = 1;

  /// Whether the scenario with this name belongs to it: its FNV-1a hash (64 bits, over the name's bytes) modulo `of`
  /// is number - 1. The same on every platform.
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string text() const;  // "2/3"
  friend bool operator==(const SuitePart&, const SuitePart&) = default;
};

/// "2/3"; nothing for anything else. At most 10000 parts.
[[nodiscard]] std::optional<SuitePart> parse_suite_part(std::string_view text);

/// FNV-1a with 64 bits: offset basis cbf29ce484222325, prime 100000001b3.
[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes);

}  // namespace firstlight::language
