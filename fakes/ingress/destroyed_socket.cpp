#include "fakes/ingress/destroyed_socket.hpp"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace firstlight::fakes {

namespace {

namespace asio = boost::asio;

// Members of `struct tcp_info` in linux/tcp.h, by their offset: its names are those of netinet/tcp.h, too, and only one
// of the two can be included.
constexpr std::size_t kRoundTrip = 68;    // tcpi_rtt, microseconds, 32 bits; 0: never measured
constexpr std::size_t kBytesAcked = 120;  // tcpi_bytes_acked, 64 bits; a SYN that was acknowledged counts
constexpr std::size_t kSegmentsIn = 140;  // tcpi_segs_in, 32 bits

template <class T>
std::optional<T> at(std::span<const std::byte> bytes, std::size_t offset) {
  T out;
  if (offset > bytes.size() || bytes.size() - offset < sizeof out) return {};
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return out;
}

asio::ip::address address_of(unsigned char family, const __be32 (&words)[4]) {
  if (family == AF_INET) {
    asio::ip::address_v4::bytes_type bytes;
    std::memcpy(bytes.data(), words, bytes.size());
    return asio::ip::address_v4(bytes);
  }
  asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), words, bytes.size());
  const asio::ip::address_v6 address(bytes);
  if (address.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address);
  return address;
}

std::uint16_t port_of(__be16 port) {
  return static_cast<std::uint16_t>(port >> 8 | port << 8);
}

/// The payload of the attribute; empty: it is not there.
std::span<const std::byte> attribute(std::span<const std::byte> attributes, std::uint16_t wanted) {
  while (const auto head = at<nlattr>(attributes, 0)) {
    if (head->nla_len < sizeof(nlattr) || head->nla_len > attributes.size()) return {};
    if (head->nla_type == wanted) return attributes.subspan(sizeof(nlattr), head->nla_len - sizeof(nlattr));
    attributes = attributes.subspan(std::min<std::size_t>(NLA_ALIGN(head->nla_len), attributes.size()));
  }
  return {};
}

bool was_refused(std::span<const std::byte> info) {
  const auto segments_in = at<std::uint32_t>(info, kSegmentsIn);
  const auto round_trip = at<std::uint32_t>(info, kRoundTrip);
  const auto acked = at<std::uint64_t>(info, kBytesAcked);
  return segments_in && *segments_in > 0 && *round_trip == 0 && *acked == 0;
}

}  // namespace

std::optional<DestroyedSocket> read_destroyed_socket(std::span<const std::byte> message) {
  const auto header = at<nlmsghdr>(message, 0);
  if (!header || header->nlmsg_type != SOCK_DIAG_BY_FAMILY || header->nlmsg_len > message.size()) return {};
  message = message.first(header->nlmsg_len);
  const auto socket = at<inet_diag_msg>(message, NLMSG_HDRLEN);
  if (!socket || (socket->idiag_family != AF_INET && socket->idiag_family != AF_INET6)) return {};
  const auto& id = socket->id;
  DestroyedSocket out;
  out.local = {address_of(socket->idiag_family, id.idiag_src), port_of(id.idiag_sport)};
  out.remote = {address_of(socket->idiag_family, id.idiag_dst), port_of(id.idiag_dport)};
  out.refused =
      was_refused(attribute(message.subspan(NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(inet_diag_msg))), INET_DIAG_INFO));
  return out;
}

}  // namespace firstlight::fakes
