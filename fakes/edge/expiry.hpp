// When the certificates of live sessions expire, by the lab's wall clock. Owned by an edge's shard; empty unless such
// sessions are to be ended.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace firstlight::fakes::edge {

class Expiries {
 public:
  void add(WallTime expiry, std::uint64_t session) { due_.emplace(expiry, session); }
  void remove(WallTime expiry, std::uint64_t session) { due_.erase({expiry, session}); }
  /// The sessions whose certificate is valid no longer; they are forgotten.
  [[nodiscard]] std::vector<std::uint64_t> take_due(WallTime now) {
    std::vector<std::uint64_t> sessions;
    for (; !due_.empty() && due_.begin()->first <= now; due_.erase(due_.begin()))
      sessions.push_back(due_.begin()->second);
    return sessions;
  }
  /// At the next expiry, but within a second: the lab's clock may jump, and nobody tells.
  [[nodiscard]] SteadyClock::duration look_again_in(WallTime now) const {
    constexpr std::chrono::milliseconds kShortest{1}, kLongest{1000};
    return due_.empty() ? kLongest : std::clamp(due_.begin()->first - now, kShortest, kLongest);
  }

 private:
  std::set<std::pair<WallTime, std::uint64_t>> due_;
};

}  // namespace firstlight::fakes::edge
