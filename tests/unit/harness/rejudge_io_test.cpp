// What `run` says of a journal and what `judge` says of it later are the same, whatever became of the process.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "harness/run/attempt.hpp"
#include "harness/run/runner.hpp"
#include "journal/journal.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Rejudge : public testing::Test {
 protected:
  Rejudge() {
    std::string path = testing::TempDir() + "rejudge-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    run_.folder = {"r", path};
    run_.started_at = "2026-11-24T06:00:00.000Z";
    auto loaded = language::load_scenario(
        "name: x\nsummary: s\ntimeout: 60s\ncameras: {count: 1}\nexpect:\n  - online: {cameras: all}\n", "x.yaml",
        judge::vocabulary());
    EXPECT_TRUE(loaded) << render(loaded.diagnostics);
    scenario_ = std::move(*loaded.scenario);
  }
  ~Rejudge() override { fs::remove_all(run_.folder.path); }

  Play play(const std::string& name, std::size_t index) const { return {&scenario_, name, index, {7}, {}}; }

  /// One camera comes online and the run settles; then the file's end as given.
  std::string write_journal(const Play& play, unsigned attempt = 1, const std::string& tail = "") const {
    const auto request = prepare(play, attempt, run_);
    auto journal = journal::Journal::open(request.journal_file, request.header, {}).value();
    auto lane = journal->lane();
    lane.append(journal::Source::camera, 1, "", journal::PowerOn{0, 1});
    lane.append(journal::Source::camera, 1, "", journal::CameraOnline{false, "7C"});
    lane.append(journal::Source::run, 0, "", journal::RunEnded{"settled", ""});
    journal->close();
    std::ofstream(request.journal_file, std::ios::app) << tail;
    return request.journal_file;
  }

  RunContext run_;
  language::Scenario scenario_;
};

void same(const reports::ScenarioReport& first, const reports::ScenarioReport& again) {
  EXPECT_EQ(judge::verdict_name(first.verdict), judge::verdict_name(again.verdict));
  EXPECT_EQ(first.bug, again.bug);
  EXPECT_EQ(first.journal, again.journal);
  EXPECT_EQ(first.repro, again.repro);
  ASSERT_EQ(first.checks.size(), again.checks.size());
  for (std::size_t i = 0; i < first.checks.size(); ++i) {
    EXPECT_EQ(first.checks[i].expect, again.checks[i].expect);
    EXPECT_EQ(first.checks[i].observed, again.checks[i].observed);
  }
}

TEST_F(Rejudge, AGoodRunLeavesNoNoteOfItsEnd) {
  const auto p = play("x", 0);
  const auto file = write_journal(p);
  const auto first = assess(p, 1, run_, {});
  EXPECT_EQ(first.verdict, judge::Verdict::pass);
  EXPECT_FALSE(fs::exists(fs::path(file).parent_path() / "end.json"));
  const auto again = rejudge({file});
  ASSERT_EQ(again.scenarios.size(), 1U);
  same(first, again.scenarios[0]);
  EXPECT_EQ(again.exit_code(), 0);
}

TEST_F(Rejudge, ATornLastLineIsInfraHoweverGoodTheRestIs) {
  const auto p = play("x", 0);
  const auto file = write_journal(p, 1, "{\"t\":61000000000,\"lane\":0,\"seq\"");
  const auto first = assess(p, 1, run_, {});
  EXPECT_EQ(first.verdict, judge::Verdict::infra);
  EXPECT_THAT(first.checks.back().observed, HasSubstr("the journal's last line is incomplete"));
  const auto again = rejudge({file});
  same(first, again.scenarios.at(0));
  EXPECT_EQ(again.exit_code(), 10);
}

TEST_F(Rejudge, WhatOnlyTheParentKnewIsKeptBesideTheJournal) {
  const auto p = play("x", 0);
  const auto file = write_journal(p);
  const auto stop = assess(p, 1, run_, {"the lab did not stop: \"timeout\"", false});
  EXPECT_EQ(stop.verdict, judge::Verdict::infra);
  same(stop, rejudge({file}).scenarios.at(0));

  const auto crash = assess(p, 1, run_, {"the process that played it was ended by SIGSEGV\n\xff", true});
  EXPECT_TRUE(crash.bug);
  const auto again = rejudge({file});
  EXPECT_TRUE(again.scenarios.at(0).bug);
  EXPECT_EQ(again.scenarios.at(0).checks.back().expect, "firstlight does not crash");
  EXPECT_EQ(again.exit_code(), 3);
}

TEST_F(Rejudge, ANoteThatCannotBeReadIsNoPass) {
  const auto file = write_journal(play("x", 0));
  std::ofstream(fs::path(file).parent_path() / "end.json") << "{\"trouble\":";
  const auto again = rejudge({file});
  EXPECT_EQ(again.scenarios.at(0).verdict, judge::Verdict::infra);
  EXPECT_THAT(again.scenarios.at(0).checks.back().observed, HasSubstr("end.json cannot be read"));
}

TEST_F(Rejudge, OneJournalThatCannotBeReadDoesNotCostTheOthers) {
  const auto broken = write_journal(play("a", 0));
  const auto good = write_journal(play("b", 1));
  std::ofstream(broken, std::ios::trunc) << "";
  const auto again = rejudge({broken, good});
  ASSERT_EQ(again.scenarios.size(), 2U);
  EXPECT_EQ(again.scenarios[0].name, "b");
  EXPECT_EQ(again.scenarios[0].verdict, judge::Verdict::pass);
  EXPECT_EQ(again.scenarios[1].name, "a") << "its place in the run stood in the journal";
  EXPECT_EQ(again.scenarios[1].verdict, judge::Verdict::infra);
  EXPECT_THAT(again.scenarios[1].checks.at(0).observed, HasSubstr("empty, not a journal"));
  EXPECT_THAT(again.scenarios[1].repro, HasSubstr("./firstlight judge "));
  EXPECT_EQ(again.exit_code(), 10);
  EXPECT_EQ(again.started_at, run_.started_at) << "the others know the run";
}

TEST_F(Rejudge, ABrokenJournalOfARetryStandsForItsAttempt) {
  const auto first = write_journal(play("x", 3), 1);
  const auto second = write_journal(play("x", 3), 2);
  const auto last = write_journal(play("y", 4));
  std::ofstream(second, std::ios::trunc) << "rubbish\n";
  const auto again = rejudge({first, last, second});
  ASSERT_EQ(again.scenarios.size(), 2U);
  EXPECT_EQ(again.scenarios[0].name, "x");
  ASSERT_EQ(again.scenarios[0].attempts.size(), 2U);
  EXPECT_EQ(again.scenarios[0].attempts[1].verdict, judge::Verdict::infra);
  EXPECT_EQ(again.scenarios[0].attempts[1].journal, "x.retry1/journal.jsonl");
}

TEST_F(Rejudge, WhenNoneCanBeReadItIsAnError) {
  const auto file = write_journal(play("x", 0));
  std::ofstream(file, std::ios::trunc) << "rubbish\n";
  EXPECT_THROW((void)rejudge({file}), ErrorException);
  EXPECT_THROW((void)rejudge({fs::path(file).parent_path() / "none.jsonl"}), ErrorException);
}

}  // namespace
}  // namespace firstlight::harness
