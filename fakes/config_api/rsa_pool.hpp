// RSA-2048 keys made ahead of time: one takes 50 to 300 ms, which would hold a whole shard. Owned by the config API's
// server where devices get RSA keys; keys travel as PEM, because each shard has its own library context.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/secret.hpp"

namespace firstlight::fakes::config_api {

class RsaPool {
 public:
  /// Starts a thread that keeps up to `capacity` keys ready.
  explicit RsaPool(std::size_t capacity);
  /// Waits for the key that is being made.
  ~RsaPool();
  RsaPool(const RsaPool&) = delete;
  RsaPool& operator=(const RsaPool&) = delete;

  /// A key as PEM; nothing when none is ready. Never waits for a key; any thread.
  [[nodiscard]] std::optional<Secret> take();

 private:
  void fill();

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Secret> ready_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace firstlight::fakes::config_api
