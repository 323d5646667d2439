#include "harness/scenario/shard.hpp"

#include <fmt/format.h>

#include <charconv>

namespace firstlight::harness {

namespace {
constexpr std::uint32_t kMostShards = 10'000;
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

bool Shard::has(std::string_view name) const {
  return fnv1a(name) % of == number - 1;
}

std::string Shard::text() const {
  return fmt::format("{}/{}", number, of);
}

std::optional<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const auto* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, shard.number);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != '/') return {};
  const auto of = std::from_chars(number.ptr + 1, end, shard.of);
  if (of.ec != std::errc{} || of.ptr != end) return {};
  if (shard.number < 1 || shard.number > shard.of || shard.of > kMostShards) return {};
  return shard;
}

}  // namespace firstlight::harness
