// A connection as the lab will treat it before TLS. Made and carried out by fakes/ingress/; edited by the effects in
// fault/effects/link/. Byte counts are of TCP payload, in both directions together.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

/// How a delay varies: `base` and on top a draw that is uniform in [0, spread) or exponential with mean `spread`.
struct Delay {
  Duration base{0};
  Duration spread{0};
  bool exponential = false;
  [[nodiscard]] bool none() const { return base == Duration{0} && spread == Duration{0}; }
  friend bool operator==(const Delay&, const Delay&) = default;
};

struct LinkPlan {
  bool port_closed = false;  // the service does not listen: connecting is refused
  bool swallow = false;      // accepted; nothing is read on and nothing is answered
  struct Reset {
    enum class When : std::uint8_t { at_once, before_tls, after_tls, after_bytes } when = When::at_once;
    std::int64_t bytes = 0;  // for after_bytes alone: with any other moment it stays 0
    friend bool operator==(const Reset&, const Reset&) = default;
  };
  std::optional<Reset> reset;
  Delay latency;                      // of every piece, each way
  std::int64_t bytes_per_second = 0;  // each way; 0: unlimited
  struct Slice {
    std::int64_t bytes = 0;
    Duration pause{0};
    friend bool operator==(const Slice&, const Slice&) = default;
  };
  std::optional<Slice> slice;                    // the lab's answers arrive in pieces of that size
  std::optional<std::int64_t> stall_after;       // bytes; then nothing moves any more
  std::optional<std::int64_t> half_close_after;  // bytes; then the lab's direction ends with FIN
  int partitions = 0;  // rules of which each has a time of its own; while one of them is active nothing moves
  struct Flap {
    Duration up{0};
    Duration down{0};  // nothing moves
    friend bool operator==(const Flap&, const Flap&) = default;
  };
  std::optional<Flap> flap;
  friend bool operator==(const LinkPlan&, const LinkPlan&) = default;

  /// Whether bytes pass through a shaper: for everything but the resets that need none.
  [[nodiscard]] bool shaped() const {
    auto rest = *this;
    if (reset && (reset->when == Reset::When::at_once || reset->when == Reset::When::after_tls)) rest.reset.reset();
    return rest != LinkPlan{};
  }
};

namespace link {
using Plan = LinkPlan;
}

}  // namespace firstlight::fault
