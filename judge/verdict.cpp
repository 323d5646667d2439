#include "judge/verdict.hpp"

#include <algorithm>
#include <array>

namespace firstlight::judge {

namespace {

constexpr std::array kOrder{Verdict::infra, Verdict::fail, Verdict::threshold, Verdict::inconclusive};

/// Which exit code comes before which: what the user did wrong, what we did wrong, what was cut off, then verdicts.
constexpr std::array kPrecedence{4, 3, 2, 1, 10, 11, 12, 13, 5};

int code_of(Verdict v, bool flaky_fails) {
  switch (v) {
    case Verdict::fail:
      return 1;
    case Verdict::infra:
      return 10;
    case Verdict::threshold:
      return 11;
    case Verdict::inconclusive:
      return 12;
    case Verdict::flaky:
      return flaky_fails ? 13 : 0;
    case Verdict::pass:
    case Verdict::skipped:
    case Verdict::quarantined:
      break;
  }
  return 0;
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

int most_important(std::span<const int> codes) {
  for (const int code : kPrecedence)
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) return code;
  return 0;
}

int exit_code(std::span<const Verdict> verdicts, const RunFacts& facts) {
  std::vector<int> codes;
  if (facts.bug) codes.push_back(3);
  if (facts.interrupted) codes.push_back(2);
  for (const auto v : verdicts) codes.push_back(code_of(v, facts.flaky_fails));
  if (std::all_of(verdicts.begin(), verdicts.end(), [](Verdict v) { return v == Verdict::skipped; }))
    codes.push_back(5);
  return most_important(codes);
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
    case 13:
      return "only flaky";
    default:
      return "unknown";
  }
}

}  // namespace firstlight::judge
