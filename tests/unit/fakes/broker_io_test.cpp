// The supervisor with the installed Mosquitto: it starts, serves on its socket, ends with its parent, and says why it
// cannot start.
#include "fakes/broker/broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fakes/broker/launch.hpp"
#include "tests/unit/fakes/edge_support.hpp"

namespace firstlight::fakes {
namespace {

using test::eventually;
using test::Process;
using test::process_is_gone;
using test::TempFolder;
using testing::HasSubstr;

class BrokerTest : public testing::Test {
 protected:
  BrokerTest() {
    journal = std::move(journal::Journal::open("", {}, [this](const journal::Event& e) {
                          const std::lock_guard lock(mutex);
                          events.push_back(e);
                        }).value());
  }
  BrokerConfig config() {
    BrokerConfig c;
    c.work_folder = folder / "b";
    ::mkdir(c.work_folder.c_str(), 0700);
    return c;
  }
  template <class T>
  std::vector<T> of() {
    journal->close();
    std::vector<T> found;
    for (const auto& e : events)
      if (const auto* p = std::get_if<T>(&e.payload)) found.push_back(*p);
    return found;
  }
  TempFolder folder;
  std::mutex mutex;
  std::vector<journal::Event> events;
  std::unique_ptr<journal::Journal> journal;
};

TEST_F(BrokerTest, ServesOnItsSocketAndEndsWhenTold) {
  auto broker = Broker::start(config(), *journal);
  ASSERT_TRUE(broker) << broker.error().text();
  const auto pid = (*broker)->pid();
  const auto socket = (*broker)->socket_path();
  Process publisher({"mosquitto_pub", "--unix", socket, "-t", "a", "-m", "through", "-r", "-q", "1"}, folder / "pub");
  EXPECT_EQ(publisher.wait(), 0) << publisher.output();
  Process subscriber({"mosquitto_sub", "--unix", socket, "-t", "a", "-C", "1", "-W", "10"}, folder / "sub");
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_EQ(subscriber.output(), "through\n");
  (*broker)->stop();
  EXPECT_TRUE(process_is_gone(pid));
  (*broker)->stop();  // harmless
  const auto exits = of<journal::BrokerExited>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_TRUE(exits[0].expected);
  EXPECT_EQ(exits[0].pid, pid);
}

TEST_F(BrokerTest, AFrozenBrokerIsStoppedToo) {
  auto broker = Broker::start(config(), *journal);
  ASSERT_TRUE(broker) << broker.error().text();
  const auto pid = (*broker)->pid();
  ::kill(pid, SIGSTOP);
  (*broker)->stop();
  EXPECT_TRUE(process_is_gone(pid));
}

TEST_F(BrokerTest, InheritsNoDescriptor) {
  const int open = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as a careless library would
  auto broker = Broker::start(config(), *journal);
  ASSERT_TRUE(broker) << broker.error().text();
  const auto links = "/proc/" + std::to_string((*broker)->pid()) + "/fd";
  int nulls = 0;
  for (const auto& entry : std::filesystem::directory_iterator(links)) {
    std::error_code ignored;
    if (std::filesystem::read_symlink(entry, ignored) == "/dev/null") ++nulls;
  }
  EXPECT_EQ(nulls, 1) << "standard input alone";
  ::close(open);
}

TEST_F(BrokerTest, AnUnexpectedExitIsReportedOnce) {
  boost::asio::io_context front;
  auto broker = Broker::start(config(), *journal);
  ASSERT_TRUE(broker) << broker.error().text();
  std::vector<int> statuses;
  (*broker)->watch(front, [&](int status) { statuses.push_back(status); });
  ::kill((*broker)->pid(), SIGKILL);
  front.run_for(std::chrono::seconds(10));
  ASSERT_EQ(statuses.size(), 1U);
  EXPECT_TRUE(WIFSIGNALED(statuses[0]));
  EXPECT_EQ(WTERMSIG(statuses[0]), SIGKILL);
  (*broker)->stop();
  broker->reset();
  const auto exits = of<journal::BrokerExited>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_FALSE(exits[0].expected);
}

TEST_F(BrokerTest, AStopIsNotReportedAsUnexpected) {
  boost::asio::io_context front;
  auto broker = Broker::start(config(), *journal);
  ASSERT_TRUE(broker) << broker.error().text();
  bool called = false;
  (*broker)->watch(front, [&](int) { called = true; });
  (*broker)->stop();
  front.run_for(std::chrono::seconds(10));  // returns once the watcher has run
  EXPECT_FALSE(called);
}

TEST_F(BrokerTest, MosquittoThatIsNotInstalledIsNamedWithWhereItWasLookedFor) {
  auto c = config();
  c.search_path = folder / "nothing-here";
  const auto broker = Broker::start(c, *journal);
  ASSERT_FALSE(broker);
  EXPECT_EQ(broker.error().code, Errc::broker_missing);
  EXPECT_THAT(broker.error().detail, HasSubstr(c.search_path));
}

TEST_F(BrokerTest, AFolderThatCannotBeWrittenIsNamed) {
  BrokerConfig c;
  c.work_folder = folder / "absent";
  const auto broker = Broker::start(c, *journal);
  ASSERT_FALSE(broker);
  EXPECT_EQ(broker.error().code, Errc::broker_failed);
  EXPECT_THAT(broker.error().detail, HasSubstr(c.work_folder));
}

TEST_F(BrokerTest, ASocketPathThatIsTooLongIsRefusedBeforeAnythingStarts) {
  BrokerConfig c;
  c.work_folder = folder / std::string(108, 'x');
  const auto broker = Broker::start(c, *journal);
  ASSERT_FALSE(broker);
  EXPECT_THAT(broker.error().detail, HasSubstr("107 are possible"));
  EXPECT_TRUE(check_socket_path(std::string(107, 'x')));
  EXPECT_FALSE(check_socket_path(std::string(108, 'x')));
}

TEST_F(BrokerTest, MosquittosOwnWordsExplainAFailedStart) {
  auto c = config();
  ::mkdir((c.work_folder + "/mosquitto.sock").c_str(), 0700);  // where its socket should be: unlink fails, bind too
  const auto broker = Broker::start(c, *journal);
  ASSERT_FALSE(broker);
  EXPECT_EQ(broker.error().code, Errc::broker_failed);
  EXPECT_THAT(broker.error().detail, HasSubstr("exit status"));
  EXPECT_THAT(broker.error().detail, HasSubstr("binding unix socket"));
}

// Not a fixture of the test's own process: the kernel must do it when nobody is left to.
TEST_F(BrokerTest, DiesWithAParentThatIsKilled) {
  const auto c = config();
  const auto report = folder / "pid";
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    // A thread of this child starts nothing: the journal's writer stayed behind, so it is not used here but for a lane.
    auto broker = Broker::start(c, *journal);
    if (!broker) ::_exit(1);
    std::ofstream(report + ".new") << (*broker)->pid() << "\n";
    ::rename((report + ".new").c_str(), report.c_str());
    for (;;) ::pause();
  }
  pid_t broker = 0;
  EXPECT_TRUE(eventually([&] { return static_cast<bool>(std::ifstream(report) >> broker); }));
  EXPECT_FALSE(process_is_gone(broker));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return process_is_gone(broker); }));
}

TEST(BrokerLaunch, TheConfigurationNamesUserAndSocketAndLiftsTheLimits) {
  const auto text = mosquitto_config("/run/x/mosquitto.sock", "someone", "/run/x", NoKeepAlive::by_setting);
  EXPECT_THAT(text, HasSubstr("\nuser someone\n"));
  EXPECT_THAT(text, HasSubstr("\nlistener 0 /run/x/mosquitto.sock\n"));
  EXPECT_THAT(text, HasSubstr("\nmax_connections -1\n"));
  EXPECT_THAT(text, HasSubstr("\nmax_keepalive 0\n"));
  const auto other = mosquitto_config("/x", "", "/y", NoKeepAlive::by_default);
  EXPECT_THAT(other, testing::Not(HasSubstr("\nuser")));
  EXPECT_THAT(other, testing::Not(HasSubstr("max_keepalive")));
}

TEST(BrokerLaunch, OnlyTheLastLinesOfALogAreQuoted) {
  const TempFolder folder;
  iot::write_file(folder / "log", "one\ntwo\nthree\n");
  EXPECT_EQ(last_lines(folder / "log", 2), "two | three");
  EXPECT_EQ(last_lines(folder / "none", 2), "no log");
}

}  // namespace
}  // namespace firstlight::fakes
