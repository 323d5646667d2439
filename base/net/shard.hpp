// A shard: one thread, one io_context, one OpenSSL library context. A camera or a connection lives on one shard for
// life, so nothing on a shard needs a lock. Owned by the lab and by the fleet, each with its own set.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/crypto.hpp"

namespace firstlight {

class Shard {
 public:
  Shard(unsigned index, std::string thread_name);
  ~Shard();  // stop()
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  [[nodiscard]] unsigned index() const { return index_; }
  [[nodiscard]] boost::asio::io_context& io() { return *io_; }
  [[nodiscard]] const CryptoContext& crypto() const { return crypto_; }

  void start();
  /// Runs `work` on the shard's thread and waits for it; for set-up and teardown from another thread. The first
  /// exception it throws is rethrown here.
  void run_and_wait(const std::function<void()>& work);
  /// Ends the thread; the io_context stays, so that other shards may still post to it.
  void end_thread();
  /// Ends the thread, then destroys what was still pending on the io_context (coroutine frames and the sockets in
  /// them).
  void stop();

 private:
  unsigned index_;
  std::string name_;
  CryptoContext crypto_;
  std::unique_ptr<boost::asio::io_context> io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

class ShardSet {
 public:
  ShardSet(unsigned count, const std::string& name_prefix);
  ~ShardSet() { stop(); }  // all before any: a frame on one shard may share objects of another's library context
  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(shards_.size()); }
  [[nodiscard]] Shard& at(unsigned index) { return *shards_.at(index); }
  /// The shard that owns a peer: by a hash of its IPv4 or IPv6 address, so that one camera's attempts are counted in
  /// one place.
  [[nodiscard]] Shard& for_hash(std::uint64_t hash) { return *shards_[hash % shards_.size()]; }
  void start();
  void stop();

 private:
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace firstlight
