// Who holds a client id: each id belongs to one shard by its hash, and that shard's thread alone keeps the entry, so
// that takeovers are decided in one place. Called by the edge's sessions through posts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace firstlight::fakes::edge {

struct SessionAddress {
  unsigned shard = 0;
  std::uint64_t session = 0;
  friend bool operator==(const SessionAddress&, const SessionAddress&) = default;
};

class ClientIds {
 public:
  /// The new holder of the id; returns whom it displaces.
  [[nodiscard]] std::optional<SessionAddress> claim(const std::string& client_id, SessionAddress holder) {
    const auto [at, fresh] = holders_.try_emplace(client_id, holder);
    if (fresh || at->second == holder) return {};
    return std::exchange(at->second, holder);
  }
  /// Nothing happens when another holds the id by now.
  void release(const std::string& client_id, SessionAddress holder) {
    const auto at = holders_.find(client_id);
    if (at != holders_.end() && at->second == holder) holders_.erase(at);
  }
  [[nodiscard]] std::size_t size() const { return holders_.size(); }

  [[nodiscard]] static unsigned owner(std::string_view client_id, std::size_t shards) {
    return static_cast<unsigned>(std::hash<std::string_view>{}(client_id) % shards);
  }

 private:
  std::unordered_map<std::string, SessionAddress> holders_;
};

}  // namespace firstlight::fakes::edge
