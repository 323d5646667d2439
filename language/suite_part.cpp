#include "language/suite_part.hpp"

#include <fmt/format.h>

#include <charconv>

namespace firstlight::language {

namespace {
constexpr std::uint32_t kMostParts = 10'000;
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

bool SuitePart::has(std::string_view name) const {
  return fnv1a(name) % of == number - 1;
}

std::string SuitePart::text() const {
  return fmt::format("{}/{}", number, of);
}

std::optional<SuitePart> parse_suite_part(std::string_view text) {
  SuitePart part;
  const auto* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, part.number);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != '/') return {};
  const auto of = std::from_chars(number.ptr + 1, end, part.of);
  if (of.ec != std::errc{} || of.ptr != end) return {};
  if (part.number < 1 || part.number > part.of || part.of > kMostParts) return {};
  return part;
}

}  // namespace firstlight::language
