#include "base/net/shard.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <future>

namespace firstlight {

Shard::Shard(unsigned index, std::string thread_name)
    : index_(index),
      name_(std::move(thread_name)),
      io_(std::make_unique<boost::asio::io_context>(1)),
      work_(io_->get_executor()) {}

Shard::~Shard() {
  stop();
}

void Shard::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    io_->run();
    crypto_.release_thread();
  });
}

void Shard::run_and_wait(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::post(*io_, [&] {
    try {
      work();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

void Shard::end_thread() {
  if (!io_) return;
  work_.reset();
  io_->stop();
  if (thread_.joinable()) thread_.join();
}

void Shard::stop() {
  end_thread();
  io_.reset();
}

ShardSet::ShardSet(unsigned count, const std::string& name_prefix) {
  for (unsigned i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(i, name_prefix + std::to_string(i)));
}

void ShardSet::start() {
  for (auto& s : shards_) s->start();
}

void ShardSet::stop() {
  // All threads first: a shard that still runs may post to another's io_context.
  for (auto& s : shards_) s->end_thread();
  for (auto& s : shards_) s->stop();
}

}  // namespace firstlight
