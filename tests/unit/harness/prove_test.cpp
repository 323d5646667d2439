// The matrix file, what it makes of verdicts, and the exit code of proofs.
#include "harness/run/prove.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"

namespace firstlight::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    (void)parse_matrix(text, "m.txt");
  } catch (const ErrorException& e) {
    return e.error().detail;
  }
  return "none";
}

TEST(Matrix, ReadsRowsAndWhatMayComeOutEitherWay) {
  const auto matrix = parse_matrix("# intro\nslow: no-jitter ?impatient  # why\n\nquiet:\n", "m.txt");
  ASSERT_EQ(matrix.size(), 2U);
  EXPECT_THAT(matrix.at("slow").fails, ElementsAre("no-jitter"));
  EXPECT_THAT(matrix.at("slow").either, ElementsAre("impatient"));
  EXPECT_TRUE(matrix.at("quiet").fails.empty());
}

TEST(Matrix, NamesTheFileAndTheLine) {
  EXPECT_EQ(refusal("a:\nb no-jitter\n"), "m.txt:2: expected `scenario: defect defect`");
  EXPECT_EQ(refusal("a: ?no-such\n"), "m.txt:1: there is no defect \"no-such\"");
  EXPECT_EQ(refusal("a:\na:\n"), "m.txt:2: a is there already");
  EXPECT_THAT(refusal("a: ?impatient impatient\n"), HasSubstr("both with and without a ?"));
}

KillProof proof(Claim claim, judge::Verdict verdict) {
  KillProof p;
  p.scenario = "s";
  p.defect = *fault::find_defect("impatient");
  p.claim = claim;
  p.verdict = verdict;
  return p;
}

TEST(KillProof, WhatMayComeOutEitherWayHoldsUnlessNothingIsKnown) {
  EXPECT_TRUE(proof(Claim::either, judge::Verdict::fail).holds());
  EXPECT_TRUE(proof(Claim::either, judge::Verdict::pass).holds());
  EXPECT_FALSE(proof(Claim::either, judge::Verdict::infra).holds());
  auto bug = proof(Claim::either, judge::Verdict::fail);
  bug.bug = true;
  EXPECT_FALSE(bug.holds());
  EXPECT_FALSE(proof(Claim::passes, judge::Verdict::fail).holds());
  EXPECT_FALSE(proof(Claim::fails, judge::Verdict::inconclusive).holds());
}

TEST(KillProof, TheMostImportantCodeIsTheExitCode) {
  const auto holds = proof(Claim::fails, judge::Verdict::fail), fails = proof(Claim::fails, judge::Verdict::pass);
  const auto infra = proof(Claim::fails, judge::Verdict::infra);
  auto unplayed = proof(Claim::fails, judge::Verdict::skipped), bug = infra;
  unplayed.played = false;
  bug.bug = true;
  EXPECT_EQ(proof_code({holds}, false, true), 0);
  EXPECT_EQ(proof_code({holds, fails}, false, false), 1);
  EXPECT_EQ(proof_code({holds}, false, false), 10);
  EXPECT_EQ(proof_code({holds, infra}, false, true), 10);
  EXPECT_EQ(proof_code({infra, fails}, false, true), 1);
  EXPECT_EQ(proof_code({unplayed, fails}, true, true), 2);
  EXPECT_EQ(proof_code({unplayed}, true, true), 2);
  EXPECT_EQ(proof_code({bug, fails}, true, true), 3);
}

TEST(MatrixTable, MarksWhatMayComeOutEitherWayAndDoesNotCountIt) {
  language::Scenario scenario;
  scenario.name = "s";
  const auto either = matrix_table({scenario}, {proof(Claim::either, judge::Verdict::fail)});
  EXPECT_THAT(either, HasSubstr("| s | `impatient`? |\n"));
  EXPECT_THAT(either, HasSubstr("| `impatient` | 0 |\n"));
  const auto sure = matrix_table({scenario}, {proof(Claim::fails, judge::Verdict::fail)});
  EXPECT_THAT(sure, HasSubstr("| s | `impatient` |\n"));
  EXPECT_THAT(sure, HasSubstr("| `impatient` | 1 |\n"));
}

}  // namespace
}  // namespace firstlight::harness
