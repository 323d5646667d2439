// The lab in one process: it comes up and goes down without leaving a thread, a descriptor or a child.
#include "harness/lab/lab.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>

#include "base/crypto.hpp"
#include "harness/run/play.hpp"
#include "harness/run/runner.hpp"
#include "journal/journal.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"
#include "tests/unit/fakes/logic_support.hpp"

namespace firstlight::harness {
namespace {

std::size_t entries(const char* folder) {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++n;
  return n;
}
std::size_t descriptors() {
  return entries("/proc/self/fd");
}
std::size_t threads() {
  return entries("/proc/self/task");
}

class LabTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    CryptoContext::forbid_default();
    std::signal(SIGPIPE, SIG_IGN);
  }
};

TEST_F(LabTest, LeavesNothingBehind) {
  const auto once = [] {
    auto journal = journal::Journal::open("", {}, {}).value();
    LabConfig config;
    config.shards = 2;
    auto lab = RunningLab::start(config, *journal);
    ASSERT_TRUE(lab) << lab.error().text();
    EXPECT_GT((*lab)->endpoints().mqtt_port, 0);
    EXPECT_EQ((*lab)->trouble(), "");
    EXPECT_TRUE((*lab)->stop());
  };
  once();  // what libraries keep for the process's life is made now
  const auto fds = descriptors(), tasks = threads();
  once();
  once();
  EXPECT_EQ(descriptors(), fds);
  EXPECT_EQ(threads(), tasks);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(LabTest, ALabThatDoesNotStartLeavesNothingEither) {
  auto journal = journal::Journal::open("", {}, {}).value();
  LabConfig config;
  auto first = RunningLab::start(config, *journal).value();
  config.ports.mqtt = first->endpoints().mqtt_port;
  (void)RunningLab::start(config, *journal);
  const auto fds = descriptors(), tasks = threads();
  const auto second = RunningLab::start(config, *journal);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::address_in_use);
  EXPECT_EQ(descriptors(), fds);
  EXPECT_EQ(threads(), tasks);
}

TEST_F(LabTest, ARuleThatItCannotCarryOutIsItsTrouble) {
  auto journal = journal::Journal::open("", {}, {}).value();
  auto lab = RunningLab::start(LabConfig{}, *journal).value();
  auto rule = test::rule_of("camera", "clock-jump", {{"by", "1h"}});
  rule.id = "jump";
  EXPECT_EQ(lab->trouble(), "");
  lab->carry_out(rule, 1);
  EXPECT_EQ(lab->trouble(), "rule jump: the lab has nothing at camera that could carry out clock-jump");
}

TEST_F(LabTest, PlayingAScenarioLeavesNothingAndItsJournalIsJudged) {
  const auto loaded = language::load_scenario(
      "name: five\nsummary: Five cameras.\ntimeout: 60s\ncameras: {count: 5}\nexpect:\n  - online: {cameras: 100%}\n",
      "five.yaml", judge::vocabulary());
  ASSERT_TRUE(loaded);
  const auto folder = ::testing::TempDir() + "firstlight-lab-test";
  std::filesystem::create_directories(folder);
  PlayRequest request;
  request.scenario = *loaded.scenario;
  request.seed = 5;
  request.journal_file = folder + "/journal.jsonl";
  request.header = {{"run", {{"id", "r"}, {"seed", 5}, {"started_at", "2026-11-23T18:29:13Z"}}},
                    {"seed", 5},
                    {"scenario", {{"file", "five.yaml"}, {"source", loaded.scenario->source}}}};
  request.device_keys = {Secret("one"), Secret("two")};  // nobody needs them here
  const auto same = decode(encode(request));             // as the process that plays it gets it
  ASSERT_EQ(same.device_keys.size(), 2U);
  EXPECT_EQ(same.device_keys[1].reveal(), "two");
  EXPECT_EQ(same.scenario.cameras.count, 5U);
  EXPECT_EQ(same.scenario.timeout, request.scenario.timeout);
  const auto ignore = [](const ProgressCounts&) {};
  EXPECT_EQ(play(same, ignore), "");
  const auto fds = descriptors(), tasks = threads();
  EXPECT_EQ(play(same, ignore), "");
  EXPECT_EQ(descriptors(), fds);
  EXPECT_EQ(threads(), tasks);
  const auto report = rejudge({request.journal_file});
  ASSERT_EQ(report.scenarios.size(), 1U);
  EXPECT_EQ(report.scenarios[0].verdict, judge::Verdict::pass);
  EXPECT_EQ(report.scenarios[0].online, 5U);
  EXPECT_EQ(report.seed, 5U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace firstlight::harness
