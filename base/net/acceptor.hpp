// A listening socket that hands every accepted connection to the shard of its peer's address, so that one camera's
// connections and attempt counters live on one shard. The accept loop runs on an io_context of its own (the lab's front
// thread).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/net/port_state.hpp"
#include "base/net/shard.hpp"

namespace firstlight {

/// What a connection handler gets; it runs on `shard`'s thread.
struct Accepted {
  boost::asio::ip::tcp::socket socket;
  boost::asio::ip::tcp::endpoint peer;
  boost::asio::ip::tcp::endpoint local;  // where the peer connected to
};

class Acceptor {
 public:
  using Handler = std::function<void(Shard&, Accepted)>;

  /// Binds and listens (backlog 4096); `port` 0 takes an ephemeral one. Errors: address-in-use (detail: address:port),
  /// address-unusable (detail: address and errno's text).
  static result<std::unique_ptr<Acceptor>> listen(boost::asio::io_context& front, const std::string& address,
                                                  unsigned short port, ShardSet& shards, Handler handler);
  ~Acceptor();
  [[nodiscard]] unsigned short port() const;
  /// Connecting is refused by the kernel until open_port(); the port stays ours, and connections that nobody accepted
  /// yet are reset. Both on the front thread.
  void close_port();
  /// Errors: address-in-use.
  result<void> open_port();
  /// Stops accepting; connections that were handed over live on. Call on the front thread or after it ended.
  void close();

 private:
  struct Impl;
  explicit Acceptor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace firstlight
