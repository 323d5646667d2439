// Wall time and durations: one wall clock per lab (its offset may be moved by a scenario), RFC 3339 text, unit-suffixed
// durations. The monotonic clock is std::chrono::steady_clock everywhere.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firstlight {

using SteadyClock = std::chrono::steady_clock;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// A length of time in plans, scenarios and firmware.
using Duration = std::chrono::microseconds;

/// The lab's own wall clock. Safe to read and to move from any thread.
class WallClock {
 public:
  [[nodiscard]] WallTime now() const {
    const auto real = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return real + std::chrono::milliseconds(offset_ms_.load(std::memory_order_relaxed));
  }
  void set_offset(std::chrono::milliseconds offset) { offset_ms_.store(offset.count(), std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> offset_ms_{0};
};

[[nodiscard]] inline std::int64_t unix_seconds(WallTime t) {
  return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
}
[[nodiscard]] inline WallTime from_unix_seconds(std::int64_t s) {
  return WallTime(std::chrono::seconds(s));
}

/// "2026-11-23T18:29:13Z", or with milliseconds "…13.123Z" (RFC 3339, always UTC).
[[nodiscard]] std::string format_rfc3339(WallTime t, bool with_milliseconds = false);
/// Accepts what format_rfc3339 writes; nothing for anything else.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

/// "500ms", "30s", "10m", "2h", "365d", with a decimal fraction if wished ("1.5s"); resolution 1 µs ("250us").
/// A number without a unit, a negative one, or one that overflows is nothing.
[[nodiscard]] std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
/// The shortest exact form of parse_duration's grammar.
[[nodiscard]] std::string format_duration(std::chrono::microseconds d);

}  // namespace firstlight
