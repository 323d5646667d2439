// Delays that end when the device they were meant for has left, so that an answer which is an hour late holds no
// descriptor for an hour. Used by the servers and the edge wherever a rule makes them wait before they answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/time.hpp"

namespace firstlight {

/// Whether the peer has ended its sending (FIN), reset the connection, or the socket is closed. Bytes that wait to be
/// read hide none of that, and are no end by themselves (a pipelined request). A peer that closes only its sending
/// side counts as gone, too: no device of ours does so and still waits.
[[nodiscard]] bool has_gone(boost::asio::ip::tcp::socket& socket);

/// True: the time has passed; false: the peer has gone, or the socket's owner cancelled or closed it (so disarm a
/// TlsStream's limit first). Noticed at once while nothing waits to be read, else within a second. Reads nothing.
/// Cancels the socket's other waits when the time has passed, so nobody else may be waiting.
boost::asio::awaitable<bool> sleep_unless_gone(boost::asio::ip::tcp::socket& socket, SteadyClock::duration duration);

}  // namespace firstlight
