// What a message of the kernel about a destroyed socket is read as.
#include "fakes/ingress/destroyed_socket.hpp"

#include <gmock/gmock.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include <cstring>
#include <vector>

namespace firstlight::fakes {
namespace {

// As AF_INET and AF_INET6, and the bytes as they travel: this test opens no socket.
constexpr std::uint8_t kIpv4 = 2, kIpv6 = 10;
__be16 in_network_order(std::uint16_t port) {
  return static_cast<__be16>(port >> 8 | port << 8);
}
void put_address(std::uint8_t family, const char* text, __be32 (&into)[4]) {
  const auto copy = [&into](const auto& bytes) { std::memcpy(into, bytes.data(), bytes.size()); };
  if (family == kIpv4)
    copy(boost::asio::ip::make_address_v4(text).to_bytes());
  else
    copy(boost::asio::ip::make_address_v6(text).to_bytes());
}

struct Told {
  std::uint8_t family = kIpv4;
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
  socket.id.idiag_sport = in_network_order(53255);
  socket.id.idiag_dport = in_network_order(41397);
  put_address(told.family, told.from, socket.id.idiag_src);
  put_address(told.family, told.to, socket.id.idiag_dst);
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
  const auto six = read_destroyed_socket(message_of({kIpv6, "::1", "fe80::2"})).value();
  EXPECT_EQ(six.local.address.to_string(), "::1");
  EXPECT_EQ(six.remote.address.to_string(), "fe80::2");
  const auto mapped = read_destroyed_socket(message_of({kIpv6, "::ffff:127.0.0.1", "::ffff:127.48.0.3"})).value();
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

}  // namespace
}  // namespace firstlight::fakes
