#include "journal/journal.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

namespace firstlight::journal {

namespace {
constexpr std::chrono::milliseconds kFlushEvery{20};
}

struct Lane::Impl {
  SteadyClock::time_point epoch;
  std::uint16_t index = 0;
  std::mutex mutex;  // held for a push or a swap only; the writer never formats under it
  std::uint32_t next_sequence = 0;
  std::vector<Event> queued;
};

void Lane::append(Source source, std::uint32_t camera, std::string peer, Payload payload) {
  const std::lock_guard lock(impl_->mutex);
  // The time is taken under the lock: a swap that follows a reading of the clock then holds every earlier event.
  const auto t = std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - impl_->epoch).count();
  impl_->queued.push_back(
      Event{t, impl_->index, impl_->next_sequence++, source, camera, std::move(peer), std::move(payload)});
}

struct Journal::Impl {
  int fd = -1;
  std::string path;
  SteadyClock::time_point epoch = SteadyClock::now();
  Observer observer;
  std::mutex mutex;  // guards lanes, closing, error
  std::condition_variable wake;
  std::vector<std::shared_ptr<Lane::Impl>> lanes;
  bool closing = false;
  std::optional<Error> error;
  std::vector<Event> held;  // stamped after the last flush began: they wait for the next one
  std::thread writer;

  ~Impl() {
    if (fd >= 0) ::close(fd);
  }

  void write(std::string_view bytes) {
    while (fd >= 0 && !bytes.empty()) {
      const auto n = ::write(fd, bytes.data(), bytes.size());
      if (n >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      if (errno == EINTR) continue;
      const std::lock_guard lock(mutex);
      error = Error(Errc::io_error, path + ": " + std::strerror(errno));
      ::close(fd);
      fd = -1;
    }
  }

  void flush(bool last) {
    const auto until = std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - epoch).count();
    std::vector<std::shared_ptr<Lane::Impl>> all;
    {
      const std::lock_guard lock(mutex);
      all = lanes;
    }
    std::vector<Event> batch = std::move(held);
    held.clear();
    for (const auto& lane : all) {
      std::vector<Event> taken;
      {
        const std::lock_guard lock(lane->mutex);
        taken.swap(lane->queued);
      }
      std::move(taken.begin(), taken.end(), std::back_inserter(batch));
    }
    std::sort(batch.begin(), batch.end(), [](const Event& a, const Event& b) {
      return std::tie(a.t_ns, a.lane, a.sequence) < std::tie(b.t_ns, b.lane, b.sequence);
    });
    const auto ripe =
        last ? batch.end() : std::find_if(batch.begin(), batch.end(), [&](const Event& e) { return e.t_ns > until; });
    std::string text;
    for (auto e = batch.begin(); e != ripe; ++e) {
      if (fd >= 0) text.append(format_event(*e)).push_back('\n');
      if (observer) observer(*e);
    }
    write(text);
    std::move(ripe, batch.end(), std::back_inserter(held));
  }

  void run() {
    pthread_setname_np(pthread_self(), "fl-journal");
    for (;;) {
      bool last = false;
      {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, kFlushEvery, [this] { return closing; });
        last = closing;
      }
      flush(last);
      if (last) return;
    }
  }
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() {
  close();
}

result<std::unique_ptr<Journal>> Journal::open(const std::string& path, nlohmann::ordered_json header,
                                               Observer observer) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->observer = std::move(observer);
  if (!path.empty()) {
    impl->fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (impl->fd < 0) return Error(Errc::io_error, path + ": " + std::strerror(errno));
    nlohmann::ordered_json first;
    first["journal"] = kSchemaVersion;
    first["started_at"] =
        format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()), true);
    if (header.is_object()) first.update(header);
    impl->write(first.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    if (impl->error) return *impl->error;
  }
  impl->writer = std::thread([raw = impl.get()] { raw->run(); });
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

Lane Journal::lane() {
  Lane lane;
  lane.impl_ = std::make_shared<Lane::Impl>();
  const std::lock_guard lock(impl_->mutex);
  lane.impl_->epoch = impl_->epoch;
  lane.impl_->index = static_cast<std::uint16_t>(impl_->lanes.size());
  impl_->lanes.push_back(lane.impl_);
  return lane;
}

SteadyClock::time_point Journal::epoch() const {
  return impl_->epoch;
}

void Journal::close() {
  if (!impl_->writer.joinable()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closing = true;
  }
  impl_->wake.notify_one();
  impl_->writer.join();
  if (impl_->fd >= 0 && ::close(std::exchange(impl_->fd, -1)) != 0)
    impl_->error = Error(Errc::io_error, impl_->path + ": " + std::strerror(errno));
}

std::optional<Error> Journal::failure() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->error;
}

}  // namespace firstlight::journal
