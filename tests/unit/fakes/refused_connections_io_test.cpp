// Refused connections as the real kernel shows them, with sockets of this test that are refused, given up, or
// established.
#include "fakes/ingress/refused_connections.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;

/// A port at 127.0.0.1 that is ours; the destructor closes what was made.
class Port {
 public:
  Port() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address_), length), 0);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &length), 0);
  }
  ~Port() { ::close(fd_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void listen(int backlog) const { EXPECT_EQ(::listen(fd_, backlog), 0); }
  /// A client that has begun to connect.
  [[nodiscard]] int begin_connect() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    return fd;
  }
  /// One that has connected or was refused.
  [[nodiscard]] int connect() const {
    pollfd done{begin_connect(), POLLOUT, 0};
    EXPECT_EQ(::poll(&done, 1, 10'000), 1);
    return done.fd;
  }
  [[nodiscard]] std::uint16_t number() const { return ntohs(address_.sin_port); }

 private:
  int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
};

class RefusedConnectionsTest : public ::testing::Test {
 protected:
  /// False: this kernel shows nothing, and the test is skipped.
  bool watch(const std::vector<std::uint16_t>& ports, int buffer_bytes = RefusedConnections::kBufferBytes) {
    auto watching = RefusedConnections::watch(
        front, ports, [this](const DestroyedSocket& socket) { seen.push_back(socket); }, buffer_bytes);
    if (watching) refused = std::move(*watching);
    return refused != nullptr;
  }
  /// Works until so many were seen, at most for some seconds.
  void wait_for(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (seen.size() < count && std::chrono::steady_clock::now() < until) front.run_one_for(100ms);
  }
  boost::asio::io_context front{1};
  std::vector<DestroyedSocket> seen;
  std::unique_ptr<RefusedConnections> refused;
};

TEST_F(RefusedConnectionsTest, AreToldAndNoneThatEndedOtherwise) {
  const Port closed, open, full, unwatched;
  if (!watch({closed.number(), open.number(), full.number()})) GTEST_SKIP() << "this kernel shows none";
  open.listen(8);
  full.listen(0);
  ::close(open.connect());  // established
  const int first = full.connect();
  ::close(full.begin_connect());  // not answered while the queue is full: given up
  ::close(unwatched.connect());   // refused, but nobody asked
  ::close(first);
  ::close(closed.connect());
  wait_for(1);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].remote.port, closed.number());
  EXPECT_EQ(seen[0].remote.address.to_string(), "127.0.0.1");
  EXPECT_EQ(refused->lost(), 0U);
}

TEST_F(RefusedConnectionsTest, AreCountedAsLostWhenThereAreMoreThanTheKernelKeeps) {
  constexpr int kSmallest = 1, kFlood = 200;  // the kernel makes it room for a message or two
  const Port closed;
  if (!watch({closed.number()}, kSmallest)) GTEST_SKIP() << "this kernel shows none";
  for (int round = 0; round < 100 && refused->lost() == 0; ++round) {
    const auto before = seen.size();
    for (int i = 0; i < kFlood; ++i) ::close(closed.begin_connect());
    wait_for(before + 1);
    front.poll();
  }
  EXPECT_GT(refused->lost(), 0U);
  const auto before = seen.size();
  ::close(closed.connect());
  wait_for(before + 1);
  EXPECT_GT(seen.size(), before) << "what comes after is told again";
}

TEST_F(RefusedConnectionsTest, AreToldNoMoreAfterTheEnd) {
  const Port closed;
  if (!watch({closed.number()})) GTEST_SKIP() << "this kernel shows none";
  refused->close();
  ::close(closed.connect());
  front.run_for(50ms);  // ends at once: nothing is waited for
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace firstlight::fakes
