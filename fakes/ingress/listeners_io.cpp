#include "fakes/ingress/listeners.hpp"

#include <fmt/format.h>

namespace firstlight::fakes {

result<Listeners> Listeners::open(boost::asio::io_context& front, const std::string& address, unsigned short port,
                                  ShardSet& shards, Acceptor::Handler handler) {
  auto all = Acceptor::listen(front, address, port, shards, handler);
  if (!all) return all.error();
  return Listeners(front, shards, std::move(handler), std::move(*all));
}

result<void> Listeners::add(std::uint32_t camera, const std::string& address) {
  auto own = Acceptor::listen(*front_, address, port(), *shards_, handler_);
  if (!own) return own.error();
  own_.insert_or_assign(camera, std::move(*own));
  return result<void>();
}

result<void> Listeners::set_port(std::uint32_t camera, PortState state) {
  auto* listener = all_.get();
  if (camera != 0) {
    const auto own = own_.find(camera);
    if (own == own_.end()) return Error(Errc::not_found, fmt::format("a listening socket of camera {}", camera));
    listener = own->second.get();
  }
  if (state == PortState::open) return listener->open_port();
  listener->close_port();
  return result<void>();
}

void Listeners::close() {
  for (const auto& [camera, own] : own_) own->close();
  all_->close();  // last: whoever gets the port after us may want it at the other addresses, too
}

}  // namespace firstlight::fakes
