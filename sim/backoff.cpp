#include "sim/backoff.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace firstlight::sim {

Micros full_jitter(const RetryPolicy& policy, std::uint32_t failures, double unit) {
  const double base = static_cast<double>(policy.base.count());
  const double cap = static_cast<double>(policy.cap.count());
  const double limit = std::min(cap, std::ldexp(base, static_cast<int>(std::clamp(failures, 1U, 60U)) - 1));
  return Micros(static_cast<std::int64_t>(policy.jitter == Jitter::full ? limit * unit : limit));
}

Micros long_wait(const RetryPolicy& policy, double unit) {
  const auto half = static_cast<double>(policy.forbidden.count() / 2);
  return policy.forbidden / 2 + Micros(static_cast<std::int64_t>(half * unit));
}

std::optional<Micros> parse_retry_after(std::string_view value, WallTime now) {
  std::uint32_t seconds = 0;
  const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (ec == std::errc() && end == value.data() + value.size()) return Micros(std::chrono::seconds(seconds));
  std::tm tm{};
  const std::string text(value);
  const char* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &tm);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const auto wait = from_unix_seconds(timegm(&tm)) - now;
  if (wait <= wait.zero()) return std::nullopt;
  return std::chrono::duration_cast<Micros>(wait);
}

}  // namespace firstlight::sim
