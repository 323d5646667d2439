// RSA-2048 keys made ahead of time, on threads of the pool's own: one takes 50 to 500 ms, which would hold a whole
// shard. Owned by the config API where devices get RSA keys. Keys travel as PEM, because each shard has its own library
// context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/crypto.hpp"
#include "base/net/shard.hpp"
#include "base/secret.hpp"

namespace firstlight::fakes {

class RsaPool {
 public:
  /// Starts threads that keep up to `capacity` keys ready. `made` are handed out first: RSA, PEM; may be more.
  explicit RsaPool(std::size_t capacity, unsigned threads = 1, std::vector<Secret> made = {});
  /// Waits for the keys that are being made.
  ~RsaPool();
  RsaPool(const RsaPool&) = delete;
  RsaPool& operator=(const RsaPool&) = delete;

  /// A key as PEM; nothing when none is ready. Never waits for a key; any thread.
  [[nodiscard]] std::optional<Secret> take();
  /// A key in the shard's library context, once one is ready; the shard goes on meanwhile. From a coroutine on it.
  boost::asio::awaitable<PkeyPtr> next(Shard& shard);

 private:
  void fill();

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Secret> ready_;
  std::size_t making_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace firstlight::fakes
