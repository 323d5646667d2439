#include "harness/lab/refusals.hpp"

#include <fmt/format.h>

namespace firstlight::harness {

namespace asio = boost::asio;

Refusals::Refusals(asio::io_context& front, const Places& places, const fakes::SimTable& sims, Sink sink)
    : ports_(places.ports), sims_(sims), sink_(std::move(sink)) {
  boost::system::error_code ignored;
  listening_ = asio::ip::make_address(places.address, ignored);
  for (const auto& camera : places.cameras)
    if (camera.destination) own_.emplace(*camera.destination, camera.id.value());
  std::vector<std::uint16_t> ports;
  for (const auto& [port, link] : ports_) ports.push_back(port);
  auto watching =
      fakes::RefusedConnections::watch(front, ports, [this](const fakes::DestroyedSocket& socket) { take(socket); });
  if (watching) watching_ = std::move(*watching);
}

/// At a wildcard address the services listen at every one that is nobody's alone.
bool Refusals::is_ours(const asio::ip::address& address) const {
  return listening_.is_unspecified() || listening_ == address;
}

void Refusals::take(const fakes::DestroyedSocket& socket) const {
  const auto link = ports_.find(socket.remote.port);
  const auto own = own_.find(socket.remote.address);
  if (link == ports_.end() || (own == own_.end() && !is_ours(socket.remote.address))) return;  // somebody else's
  RefusedConnection refused;
  refused.listener = {link->second, own == own_.end() ? 0 : own->second};
  if (const auto sim = sims_.find(socket.local.address)) refused.camera = sim->camera;
  refused.peer = socket.local.address.to_string();
  refused.seen = SteadyClock::now();
  sink_(refused);
}

std::string Refusals::lost() const {
  const auto times = watching_ ? watching_->lost() : 0;
  if (times == 0) return {};
  return fmt::format(
      "{} time{} more connections were refused at once than the kernel could show: firings may be missing", times,
      times == 1 ? "" : "s");
}

void Refusals::close() {
  if (watching_) watching_->close();
}

}  // namespace firstlight::harness
