// How long a camera waits before it tries again (docs/camera-policy.md, "Back-off"): pure arithmetic on draws. Called
// by the camera's state machine through sim/defects.hpp, where a defect may change the outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "sim/camera_config.hpp"

namespace firstlight::sim {

/// Uniform in [0, min(cap, base · 2^(failures-1))]: `unit` is the draw, in [0, 1). Without jitter, all of it.
[[nodiscard]] Micros full_jitter(const RetryPolicy& policy, std::uint32_t failures, double unit);

/// The wait after "not allowed": uniform in [forbidden / 2, forbidden]; `unit` is the draw.
[[nodiscard]] Micros long_wait(const RetryPolicy& policy, double unit);

/// Retry-After (RFC 9110 §10.2.3) as a wait from `now`: delta-seconds or an IMF-fixdate. Nothing when it is neither, or
/// in the past.
[[nodiscard]] std::optional<Micros> parse_retry_after(std::string_view value, WallTime now);

}  // namespace firstlight::sim
