#include "fakes/config_api/rsa_pool.hpp"

#include <pthread.h>

#include "base/crypto.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::config_api {

RsaPool::RsaPool(std::size_t capacity) : capacity_(capacity), thread_([this] { fill(); }) {}

RsaPool::~RsaPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::optional<Secret> RsaPool::take() {
  const std::lock_guard lock(mutex_);
  if (ready_.empty()) return {};
  auto key = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_one();
  return key;
}

void RsaPool::fill() {
  pthread_setname_np(pthread_self(), "rsa-pool");
  const CryptoContext crypto;  // ends on this thread, which releases the thread's share of it
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || ready_.size() < capacity_; });
    if (ending_) return;
    lock.unlock();
    const auto key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
    Secret pem(wire::private_key_pem(key.get()));
    lock.lock();
    ready_.push_back(std::move(pem));
  }
}

}  // namespace firstlight::fakes::config_api
