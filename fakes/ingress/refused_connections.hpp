// Connections from this machine that the kernel refused, as the kernel itself shows them: the proof of the fault
// `refuse`. Owned by the lab while a rule may close a port, on its front thread; devices on other hosts do not show.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "fakes/ingress/destroyed_socket.hpp"

namespace firstlight::fakes {

/// Linux broadcasts the end of every TCP socket of the network namespace to whoever listens, without asking for rights
/// (docs/adr/0016). A filter in the kernel lets only those pass that went to one of `ports`, so what other programs do
/// costs nothing here.
class RefusedConnections {
 public:
  /// On the front thread, once a refused connection: its socket has just been closed by its owner.
  using Sink = std::function<void(const DestroyedSocket&)>;

  /// Some thousand messages, where the system allows it.
  static constexpr int kBufferBytes = 2 << 20;

  /// Refuses one connection of its own to see whether it shows; that takes milliseconds, two seconds at most. Errors:
  /// io-error (detail: what the kernel here does not do).
  static result<std::unique_ptr<RefusedConnections>> watch(boost::asio::io_context& front,
                                                           const std::vector<std::uint16_t>& ports, Sink sink,
                                                           int buffer_bytes = kBufferBytes);
  ~RefusedConnections();
  RefusedConnections(const RefusedConnections&) = delete;
  RefusedConnections& operator=(const RefusedConnections&) = delete;

  /// How often the kernel had more to tell than its buffer holds (hundreds at once): refusals may be missing then.
  [[nodiscard]] std::uint64_t lost() const;
  /// On the front thread or after it ended; nothing is told any more.
  void close();

 private:
  struct Impl;
  explicit RefusedConnections(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes
