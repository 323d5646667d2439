#include "harness/judge/verdict.hpp"

#include <algorithm>
#include <array>

namespace firstlight::harness {

namespace {

constexpr std::array kOrder{Verdict::infra, Verdict::fail, Verdict::threshold, Verdict::inconclusive};

bool any(const std::vector<Outcome>& outcomes, Verdict v) {
  return std::any_of(outcomes.begin(), outcomes.end(), [v](const Outcome& o) { return o.verdict == v; });
}

}  // namespace

std::string_view verdict_name(Verdict v) {
  constexpr std::array<std::string_view, 8> kNames{"pass",  "fail",  "threshold", "inconclusive",
                                                   "infra", "flaky", "skipped",   "quarantined"};
  return kNames[static_cast<std::size_t>(v)];
}

Verdict worst(const std::vector<CheckResult>& checks) {
  for (const auto v : kOrder)
    if (std::any_of(checks.begin(), checks.end(), [v](const CheckResult& c) { return c.verdict == v; })) return v;
  return Verdict::pass;
}

int exit_code(const std::vector<Outcome>& outcomes, bool interrupted) {
  if (interrupted) return 2;
  if (any(outcomes, Verdict::fail)) return 1;
  if (any(outcomes, Verdict::infra)) return 10;
  if (any(outcomes, Verdict::threshold)) return 11;
  if (any(outcomes, Verdict::inconclusive)) return 12;
  return 0;
}

std::string_view exit_reason(int code) {
  switch (code) {
    case 0:
      return "all passed";
    case 1:
      return "a scenario failed";
    case 2:
      return "interrupted";
    case 3:
      return "a bug of the harness";
    case 4:
      return "usage or scenario error";
    case 5:
      return "nothing selected";
    case 10:
      return "infrastructure, no verdict";
    case 11:
      return "only thresholds breached";
    case 12:
      return "inconclusive";
    default:
      return "unknown";
  }
}

}  // namespace firstlight::harness
