// Whether a service's port takes connections. Used by the listeners, by the plan of a run and by the fault clock, which
// know no sockets.
#pragma once

#include <cstdint>

namespace firstlight {

/// Of a listening socket. Closed: the kernel refuses connections.
enum class PortState : std::uint8_t { open, closed };

}  // namespace firstlight
