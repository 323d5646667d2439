// What Linux tells of a TCP socket that it has destroyed (a message of the netlink group SKNLGRP_INET_TCP_DESTROY of
// NETLINK_SOCK_DIAG), read from its bytes. Called by RefusedConnections; pure, so that it is tested on recorded bytes.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace firstlight::fakes {

struct DestroyedSocket {
  struct End {
    boost::asio::ip::address address;  // of IPv4 also where the socket was one of IPv6
    std::uint16_t port = 0;
  };
  End local, remote;  // a connect(2) that waits and fails clears the remote port, so nobody can tell where it went
  /// It tried to connect, and the first thing that came back ended it: the kernel there refused. A connect that was
  /// given up got nothing back; a connection that was established has measured a round trip.
  bool refused = false;
};

/// One netlink message. Nothing: it is of another kind, or cut short.
[[nodiscard]] std::optional<DestroyedSocket> read_destroyed_socket(std::span<const std::byte> message);

}  // namespace firstlight::fakes
