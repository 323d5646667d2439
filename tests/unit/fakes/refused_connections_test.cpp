// Refused connections as the kernel shows them: what its messages are read as, and the real kernel with sockets of this
// test that are refused, given up, or established.
#include "fakes/ingress/refused_connections.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;

// -- messages -------------------------------------------------------------------------------------------------------

struct Told {
  std::uint8_t family = AF_INET;
  const char *from = "127.16.0.7", *to = "127.48.0.3";
  std::uint32_t segments_in = 1, round_trip_us = 0;
  std::uint64_t bytes_acked = 0;
};

/// As Linux 6 writes it: the header, the socket, the protocol, and `struct tcp_info` (280 bytes).
std::vector<std::byte> message_of(const Told& told) {
  constexpr std::size_t kSocket = NLMSG_HDRLEN, kProtocol = kSocket + sizeof(inet_diag_msg), kInfo = kProtocol + 8;
  constexpr std::size_t kInfoBytes = 280;
  std::vector<std::byte> bytes(kInfo + NLA_HDRLEN + kInfoBytes);
  const auto put = [&](std::size_t at, const auto& value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  put(0, nlmsghdr{static_cast<std::uint32_t>(bytes.size()), SOCK_DIAG_BY_FAMILY, 0, 0, 0});
  inet_diag_msg socket{};
  socket.idiag_family = told.family;
  socket.idiag_state = 7;  // TCP_CLOSE, as all that are destroyed
  socket.id.idiag_sport = htons(53255);
  socket.id.idiag_dport = htons(41397);
  inet_pton(told.family, told.from, socket.id.idiag_src);
  inet_pton(told.family, told.to, socket.id.idiag_dst);
  put(kSocket, socket);
  put(kProtocol, nlattr{NLA_HDRLEN + 1, INET_DIAG_PROTOCOL});
  put(kInfo, nlattr{NLA_HDRLEN + kInfoBytes, INET_DIAG_INFO});
  put(kInfo + NLA_HDRLEN + 68, told.round_trip_us);
  put(kInfo + NLA_HDRLEN + 120, told.bytes_acked);
  put(kInfo + NLA_HDRLEN + 140, told.segments_in);
  return bytes;
}

bool counts_as_refused(const Told& told) {
  return read_destroyed_socket(message_of(told)).value().refused;
}

TEST(DestroyedSocket, HasBothEnds) {
  const auto socket = read_destroyed_socket(message_of({})).value();
  EXPECT_EQ(socket.local.address.to_string(), "127.16.0.7");
  EXPECT_EQ(socket.local.port, 53255);
  EXPECT_EQ(socket.remote.address.to_string(), "127.48.0.3");
  EXPECT_EQ(socket.remote.port, 41397);
}

TEST(DestroyedSocket, OfIpv6IsReadLikewiseAndAMappedAddressIsOfIpv4) {
  const auto six = read_destroyed_socket(message_of({AF_INET6, "::1", "fe80::2"})).value();
  EXPECT_EQ(six.local.address.to_string(), "::1");
  EXPECT_EQ(six.remote.address.to_string(), "fe80::2");
  const auto mapped = read_destroyed_socket(message_of({AF_INET6, "::ffff:127.0.0.1", "::ffff:127.48.0.3"})).value();
  EXPECT_EQ(mapped.remote.address.to_string(), "127.48.0.3");
}

TEST(DestroyedSocket, WasRefusedWhenTheFirstAnswerEndedIt) {
  EXPECT_TRUE(counts_as_refused({.segments_in = 1}));
  EXPECT_FALSE(counts_as_refused({.segments_in = 0})) << "it was given up";
  EXPECT_FALSE(counts_as_refused({.segments_in = 2, .round_trip_us = 24, .bytes_acked = 1})) << "it was established";
  EXPECT_FALSE(counts_as_refused({.segments_in = 2, .bytes_acked = 1}));
}

TEST(DestroyedSocket, OfAMessageThatIsCutShortIsNone) {
  const auto whole = message_of({});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_destroyed_socket(std::span(whole).first(size))) << size;
  auto other = whole;
  other[4] = std::byte{NLMSG_DONE};
  EXPECT_FALSE(read_destroyed_socket(other));
}

TEST(DestroyedSocket, WithoutTheTcpInfoWasNotRefused) {
  auto bytes = message_of({});
  const auto attribute = NLMSG_HDRLEN + sizeof(inet_diag_msg) + 8;
  bytes[attribute + 2] = std::byte{INET_DIAG_SKMEMINFO};
  EXPECT_FALSE(read_destroyed_socket(bytes).value().refused);
  bytes[attribute] = std::byte{0};
  bytes[attribute + 1] = std::byte{0};
  EXPECT_FALSE(read_destroyed_socket(bytes).value().refused) << "an attribute without a length ends the list";
}

// -- the kernel -----------------------------------------------------------------------------------------------------

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
