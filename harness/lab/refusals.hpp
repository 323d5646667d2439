// Which of the lab's closed ports was tried by whom, made of what the kernel shows of refused connections. Owned by the
// lab, while a fault rule may close a port.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakes/context/sims.hpp"
#include "fakes/ingress/refused_connections.hpp"
#include "harness/lab/refused_connection.hpp"
#include "harness/plan/plan.hpp"

namespace firstlight::harness {

class Refusals {
 public:
  using Sink = std::function<void(const RefusedConnection&)>;
  struct Places {
    std::string address;                          // where the services listen
    std::map<std::uint16_t, fault::Point> ports;  // and at which ports
    const std::vector<PlannedCamera>& cameras;    // whose destinations are theirs alone
  };

  /// `sink` is called on the front thread. `sims` outlives this.
  Refusals(boost::asio::io_context& front, const Places& places, const fakes::SimTable& sims, Sink sink);

  [[nodiscard]] RefusalWitness witness() const { return watching_ ? RefusalWitness::kernel : RefusalWitness::nobody; }
  /// As RunningLab::lost_refusals().
  [[nodiscard]] std::string lost() const;
  /// On the front thread or after it ended.
  void close();

 private:
  void take(const fakes::DestroyedSocket& socket) const;
  [[nodiscard]] bool is_ours(const boost::asio::ip::address& address) const;

  boost::asio::ip::address listening_;
  std::map<std::uint16_t, fault::Point> ports_;
  std::map<boost::asio::ip::address, std::uint32_t> own_;  // cameras, by their destination
  const fakes::SimTable& sims_;
  Sink sink_;
  std::unique_ptr<fakes::RefusedConnections> watching_;  // null: the kernel does not tell
};

}  // namespace firstlight::harness
