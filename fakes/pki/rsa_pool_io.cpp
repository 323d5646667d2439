#include <pthread.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>

#include "fakes/pki/rsa_pool.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;

namespace {

/// Who waits looks again so often. The pool's threads do not wake waiters: a coroutine that only its shard knows can
/// end with the shard at any time.
constexpr std::chrono::milliseconds kLook{5};

}  // namespace

RsaPool::RsaPool(std::size_t capacity, unsigned threads, std::vector<Secret> made)
    : capacity_(capacity), ready_(std::make_move_iterator(made.begin()), std::make_move_iterator(made.end())) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { fill(); });
}

RsaPool::~RsaPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

std::optional<Secret> RsaPool::take() {
  const std::lock_guard lock(mutex_);
  if (ready_.empty()) return {};
  auto key = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_one();
  return key;
}

asio::awaitable<PkeyPtr> RsaPool::next(Shard& shard) {
  for (;;) {
    if (const auto pem = take()) {
      auto key = wire::parse_private_key(shard.crypto(), pem->reveal());
      co_return std::move(key.value());
    }
    asio::steady_timer timer(shard.io(), kLook);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void RsaPool::fill() {
  pthread_setname_np(pthread_self(), "rsa-pool");
  const CryptoContext crypto;  // ends on this thread, which releases the thread's share of it
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || ready_.size() + making_ < capacity_; });
    if (ending_) return;
    ++making_;
    lock.unlock();
    const auto key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
    Secret pem(wire::private_key_pem(key.get()));
    lock.lock();
    --making_;
    ready_.push_back(std::move(pem));
  }
}

}  // namespace firstlight::fakes
