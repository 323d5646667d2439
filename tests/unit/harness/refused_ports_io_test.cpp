// Ports that the fault `refuse` closes, in a whole lab: closed when the call returns, and a port that does not open
// again is the lab's trouble. And rules of the scenario's first moment, played.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>

#include "base/crypto.hpp"
#include "harness/lab/lab.hpp"
#include "harness/run/play.hpp"
#include "journal/journal.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness {
namespace {

class RefusedPorts : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    CryptoContext::forbid_default();
    std::signal(SIGPIPE, SIG_IGN);
  }
};

sockaddr_in loopback(unsigned short port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  return to;
}

/// 0, or what connect(2) says.
int connect_error(unsigned short port) {
  // As a camera does it: a connect(2) that waits clears the port on failure, and nobody sees any more where it went.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto to = loopback(port);
  int error = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
  pollfd done{fd, POLLOUT, 0};
  socklen_t length = sizeof error;
  if (error == EINPROGRESS && ::poll(&done, 1, 10'000) == 1) ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  ::close(fd);
  return error;
}

TEST_F(RefusedPorts, AreClosedOrOpenWhenTheCallReturns) {
  auto journal = journal::Journal::open("", {}, {}).value();
  auto lab = RunningLab::start(LabConfig{}, *journal).value();
  const auto port = lab->endpoints().mqtt_port;
  for (int i = 0; i < 200; ++i) {
    lab->set_ports({{fault::Point::link_mqtt}}, PortState::closed);
    ASSERT_EQ(connect_error(port), ECONNREFUSED) << i;
    lab->set_ports({{fault::Point::link_mqtt}}, PortState::open);
    ASSERT_EQ(connect_error(port), 0) << i;
  }
  EXPECT_EQ(lab->trouble(), "");
}

TEST_F(RefusedPorts, ThatSomebodyElseTookAreTheLabsTrouble) {
  auto journal = journal::Journal::open("", {}, {}).value();
  auto lab = RunningLab::start(LabConfig{}, *journal).value();
  lab->set_ports({{fault::Point::link_mqtt}}, PortState::closed);
  const int thief = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto there = loopback(lab->endpoints().mqtt_port);
  ASSERT_EQ(::bind(thief, reinterpret_cast<const sockaddr*>(&there), sizeof there), 0);
  ASSERT_EQ(::listen(thief, 1), 0);
  lab->set_ports({{fault::Point::link_mqtt}}, PortState::open);
  ::close(thief);
  EXPECT_THAT(lab->trouble(), testing::StartsWith("the port of link.mqtt stays closed: "));
}

/// Cameras with such an event, when the scenario with these faults was played.
std::set<std::uint32_t> cameras_with(const std::string& faults,
                                     const std::function<bool(const journal::Payload&)>& wanted) {
  const auto loaded = language::load_scenario(
      "name: first\nsummary: At the first moment.\ntimeout: 60s\ncameras: {count: 5, firmware: {retry: {base: 50ms, "
      "cap: 100ms}}}\nfaults:\n" +
          faults + "expect:\n  - online: {cameras: 100%}\n",
      "first.yaml", judge::vocabulary());
  EXPECT_TRUE(loaded) << render(loaded.diagnostics);
  const auto folder = std::filesystem::path(::testing::TempDir()) / "firstlight-refused-ports-test";
  std::filesystem::create_directories(folder);
  PlayRequest request;
  request.scenario = *loaded.scenario;
  request.seed = 5;
  request.journal_file = folder / "journal.jsonl";
  EXPECT_EQ(play(request, [](const ProgressCounts&) {}), "");
  std::set<std::uint32_t> cameras;
  for (const auto& event : journal::read_journal(request.journal_file).value().events)
    if (wanted(event.payload)) cameras.insert(event.camera);
  std::filesystem::remove_all(folder);
  return cameras;
}
/// To which a rule did something.
std::set<std::uint32_t> struck(const std::string& faults) {
  return cameras_with(faults, [](const auto& payload) { return std::holds_alternative<journal::FaultFired>(payload); });
}
/// Which were refused by the kernel.
std::set<std::uint32_t> refused(const std::string& faults) {
  return cameras_with(faults, [](const auto& payload) {
    const auto* ended = std::get_if<journal::StageEnded>(&payload);
    return ended != nullptr && ended->error == "connect-refused";
  });
}

TEST_F(RefusedPorts, AtTheFirstMomentMeetEveryCamera) {
  EXPECT_THAT(struck("  - {id: closed, at: link.endorse, inject: refuse, between: [0s, 300ms]}\n"), testing::SizeIs(5));
}

/// The lab tells of each connection that one of its closed ports refused: which port it was, and whose connection.
TEST_F(RefusedPorts, AreSeenByTheLabWhenTheyAreTried) {
  auto journal = journal::Journal::open("", {}, {}).value();
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<RefusedConnection> seen;
  LabConfig config;
  config.cameras.push_back({CameraId(1), boost::asio::ip::make_address("127.0.0.1"), Imsi("440100000000001")});
  config.on_refused = [&](const RefusedConnection& connection) {
    const std::lock_guard lock(mutex);
    seen.push_back(connection);
    changed.notify_all();
  };
  auto lab = RunningLab::start(config, *journal).value();
  if (lab->refusal_witness() == RefusalWitness::nobody) GTEST_SKIP() << "this kernel does not show refused connections";
  const auto port = lab->endpoints().mqtt_port;
  ASSERT_EQ(connect_error(port), 0);
  lab->set_ports({{fault::Point::link_mqtt}}, PortState::closed);
  ASSERT_EQ(connect_error(port), ECONNREFUSED);
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return !seen.empty(); }));
  ASSERT_THAT(seen, testing::SizeIs(1)) << "the connection that was let in is none of them";
  EXPECT_EQ(seen[0].listener, ListenerId{fault::Point::link_mqtt});
  EXPECT_EQ(seen[0].camera, 1U);
  EXPECT_EQ(seen[0].peer, "127.0.0.1");
}

TEST_F(RefusedPorts, OfSomeCamerasMeetThoseAlone) {
  const auto* two = "  - {id: closed, at: link.endorse, inject: refuse, cameras: [2, 5], between: [0s, 1s]}\n";
  EXPECT_THAT(refused(two), testing::ElementsAre(2, 5));
  EXPECT_THAT(struck(two), testing::ElementsAre(2, 5));
  EXPECT_THAT(struck("  - {id: closed, at: link.mqtt, inject: refuse, cameras: 20%, between: [0s, 2s]}\n"),
              testing::SizeIs(1));
}

TEST_F(RefusedPorts, WhatHappensToCamerasAtTheFirstMomentFindsThemOn) {
  EXPECT_THAT(struck("  - {id: cut, at: camera, inject: {power-cut: {off_for: 100ms}}, between: [0s, 1s]}\n"),
              testing::SizeIs(5));
}

}  // namespace
}  // namespace firstlight::harness
