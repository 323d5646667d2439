// The exit code is an interface: every pair of reasons has its winner.
#include <gtest/gtest.h>

#include "judge/verdict.hpp"

namespace firstlight::judge {

using namespace language;
namespace {

constexpr std::array kOrder{4, 3, 2, 1, 10, 11, 12, 13, 5};

TEST(ExitCode, OfEveryPairTheMoreImportantWins) {
  for (std::size_t i = 0; i < kOrder.size(); ++i)
    for (std::size_t j = i + 1; j < kOrder.size(); ++j) {
      EXPECT_EQ(most_important(std::vector{kOrder[i], kOrder[j]}), kOrder[i]);
      EXPECT_EQ(most_important(std::vector{kOrder[j], kOrder[i], 0}), kOrder[i]) << "whatever the order";
    }
  EXPECT_EQ(most_important(std::vector<int>{}), 0);
  EXPECT_EQ(most_important(std::vector{0, 0}), 0);
}

/// What brings about each code, as a run has it.
struct Reason {
  int code;
  std::vector<Verdict> verdicts;
  RunFacts facts;
};
std::vector<Reason> reasons() {
  return {{3, {Verdict::infra}, {false, true, false}},
          {2, {}, {true, false, false}},
          {1, {Verdict::fail}, {}},
          {10, {Verdict::infra}, {}},
          {11, {Verdict::threshold}, {}},
          {12, {Verdict::inconclusive}, {}},
          {13, {Verdict::flaky}, {false, false, true}},
          {0, {Verdict::pass, Verdict::quarantined}, {}}};
}

TEST(ExitCode, OfEveryPairOfOutcomesTheMoreImportantWins) {
  const auto all = reasons();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all.size(); ++j) {
      auto both = all[i].verdicts;
      both.insert(both.end(), all[j].verdicts.begin(), all[j].verdicts.end());
      both.push_back(Verdict::pass);
      const RunFacts facts{all[i].facts.interrupted || all[j].facts.interrupted, all[i].facts.bug || all[j].facts.bug,
                           all[i].facts.flaky_fails || all[j].facts.flaky_fails};
      EXPECT_EQ(exit_code(both, facts), all[std::min(i, j)].code) << all[i].code << " and " << all[j].code;
    }
}

TEST(ExitCode, FlakyAndQuarantinedAloneAreGreen) {
  EXPECT_EQ(exit_code(std::vector{Verdict::flaky}, {}), 0);
  EXPECT_EQ(exit_code(std::vector{Verdict::quarantined}, {false, false, true}), 0);
  EXPECT_EQ(exit_code(std::vector{Verdict::pass, Verdict::skipped}, {}), 0);
}

TEST(ExitCode, WhereNothingWasJudgedNothingPassed) {
  EXPECT_EQ(exit_code(std::vector<Verdict>{}, {}), 5);
  EXPECT_EQ(exit_code(std::vector{Verdict::skipped, Verdict::skipped}, {}), 5);
  EXPECT_EQ(exit_code(std::vector{Verdict::skipped}, {true, false, false}), 2) << "interrupted before it began";
}

TEST(ExitCode, EachHasItsReason) {
  for (const int code : {0, 1, 2, 3, 4, 5, 10, 11, 12, 13}) EXPECT_NE(exit_reason(code), "unknown") << code;
}

}  // namespace
}  // namespace firstlight::judge
