// A service's listening sockets: one for all cameras, and one for each that has a destination address of its own, all
// at one port. The link fault `refuse` closes and opens them. Owned by each server of the lab.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/net/acceptor.hpp"

namespace firstlight::fakes {

class Listeners {
 public:
  /// As Acceptor::listen().
  static result<Listeners> open(boost::asio::io_context& front, const std::string& address, unsigned short port,
                                ShardSet& shards, Acceptor::Handler handler);

  [[nodiscard]] unsigned short port() const { return all_->port(); }
  /// One camera's own; from 1. Before the front thread runs, or on it. Errors: address-in-use, address-unusable.
  result<void> add(std::uint32_t camera, const std::string& address);
  /// `camera` 0: of all without one of their own. On the front thread.
  /// Errors: address-in-use (somebody else took the port, which stays closed), not-found (the camera has none).
  result<void> set_port(std::uint32_t camera, PortState state);
  /// On the front thread or after it ended.
  void close();

 private:
  Listeners(boost::asio::io_context& front, ShardSet& shards, Acceptor::Handler handler, std::unique_ptr<Acceptor> all)
      : front_(&front), shards_(&shards), handler_(std::move(handler)), all_(std::move(all)) {}

  boost::asio::io_context* front_;
  ShardSet* shards_;
  Acceptor::Handler handler_;
  std::unique_ptr<Acceptor> all_;
  std::map<std::uint32_t, std::unique_ptr<Acceptor>> own_;  // by camera
};

}  // namespace firstlight::fakes
