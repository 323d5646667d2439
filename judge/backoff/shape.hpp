// Which law a fleet's waits follow: do they grow with the number of failures, and how, and are they jittered.
// Statistics over plain numbers, without a journal; used by the expectation
// backoff. docs/expectations.md states the rule.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace firstlight::judge {

enum class BackoffKind : std::uint8_t { none, constant, linear, exponential };
[[nodiscard]] std::string_view backoff_kind_name(BackoffKind kind);

/// The waits after the nth failure in a row, of all cameras.
struct Level {
  std::uint32_t failures = 0;   // n, from 1
  std::vector<double> seconds;  // not empty
};

enum class Answer : std::uint8_t { yes, no, unknown };

struct Growth {
  std::array<double, 4> misfit{};  // by BackoffKind: how badly the law fits, penalised for its free parameters
  bool fits = false;               // the best law describes the waits at all
  BackoffKind best = BackoffKind::constant;
  std::string why_unknown;  // not empty: too little to compare laws by

  /// Whether the waits follow the law: unknown while another one fits nearly as well.
  [[nodiscard]] Answer is(BackoffKind kind) const;
  /// Whether they grow at all, by whichever law.
  [[nodiscard]] Answer grows() const;
};

struct JitterFound {
  Answer answer = Answer::unknown;
  double spread = 0;              // of waits with equal n: the middle half's width over the median
  std::uint32_t fixed_level = 0;  // the first n whose waits are all alike although others are not; 0: none
};

/// Levels ascending in `failures`.
[[nodiscard]] Growth find_growth(const std::vector<Level>& levels);
[[nodiscard]] JitterFound find_jitter(const std::vector<Level>& levels);

}  // namespace firstlight::judge
