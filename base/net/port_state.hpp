// Whether a port takes connections. Said to an Acceptor, and by the fault clock to the lab; plain data.
#pragma once

#include <cstdint>

namespace firstlight {

/// Of a listening socket. Closed: the kernel refuses connections.
enum class PortState : std::uint8_t { open, closed };

}  // namespace firstlight
