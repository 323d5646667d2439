#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <thread>
#include <unordered_map>

#include "sim/driver_io.hpp"
#include "sim/fleet.hpp"
#include "sim/mqtt_session_io.hpp"
#include "sim/url.hpp"

namespace firstlight::sim {

namespace asio = boost::asio;

namespace {

struct Tally {
  std::atomic<std::size_t> started{0}, online{0}, ever_online{0}, gave_up{0};
};

struct Slot {
  PlannedCamera plan;
  std::shared_ptr<CameraDriver> driver;     // made when it is switched on for the first time
  std::vector<const fault::Rule*> waiting;  // rules whose moment came before that
  Camera::Phase seen = Camera::Phase::off;
  bool was_online = false;
};

bool counts_online(Camera::Phase p) {
  return p == Camera::Phase::online;
}

// The cameras of one shard; lives and works on that shard.
class Part : public std::enable_shared_from_this<Part> {
 public:
  Part(std::shared_ptr<ShardShare> share, Tally& tally, std::optional<std::filesystem::path> store_folder)
      : share_(std::move(share)), tally_(&tally), store_folder_(std::move(store_folder)), timer_(share_->shard.io()) {}

  std::vector<Slot> slots;

  void schedule(SteadyClock::time_point origin) {
    origin_ = origin;
    order_.resize(slots.size());
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::stable_sort(order_.begin(), order_.end(),
                     [this](auto a, auto b) { return slots[a].plan.start_after < slots[b].plan.start_after; });
    start_due();
  }
  void stop() {
    stopped_ = true;
    timer_.cancel();
    for (auto& slot : slots)
      if (slot.driver) slot.driver->stop();
  }
  [[nodiscard]] bool all_closed() const {
    return std::all_of(slots.begin(), slots.end(), [](const Slot& s) { return !s.driver || s.driver->closed(); });
  }
  void drop() {
    stopped_ = true;
    timer_.cancel();
    for (auto& slot : slots)
      if (slot.driver) slot.driver->drop();
  }

  void power_cut(std::size_t index, std::optional<SteadyClock::duration> off_for) {
    auto& slot = slots[index];
    if (!slot.driver || stopped_) return;
    slot.driver->power_cut(off_for);
  }
  void carry_out(std::size_t index, const fault::Rule& rule) {
    auto& slot = slots[index];
    if (stopped_) return;
    if (slot.driver)
      slot.driver->carry_out(rule);
    else
      slot.waiting.push_back(&rule);
  }
  [[nodiscard]] std::optional<std::string> stored(std::size_t index) const {
    const auto& driver = slots[index].driver;
    return driver ? driver->store().raw() : std::nullopt;
  }

 private:
  void start_due() {
    while (next_ < order_.size() && !stopped_) {
      const auto at = origin_ + slots[order_[next_]].plan.start_after;
      if (at > SteadyClock::now()) {
        timer_.expires_at(at);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
          const auto self = weak.lock();
          if (!ec && self) self->start_due();
        });
        return;
      }
      start(order_[next_++], at);
    }
  }

  void start(std::size_t index, SteadyClock::time_point scheduled) {
    auto& slot = slots[index];
    const auto& plan = slot.plan;
    Path path;
    if (!plan.source.is_unspecified()) path.source = plan.source;
    path.destination = plan.destination;
    auto on_step = [weak = weak_from_this(), index](const CameraDriver& driver) {
      if (const auto self = weak.lock()) self->stepped(index, driver);
    };
    slot.driver = std::make_shared<CameraDriver>(share_, CameraIdentity{plan.id, plan.imsi}, std::move(path),
                                                 make_store(plan.id), std::move(on_step));
    ++tally_->started;
    for (const auto* rule : std::exchange(slot.waiting, {})) slot.driver->carry_out(*rule);
    slot.driver->power_on(scheduled);
  }

  std::unique_ptr<Store> make_store(CameraId id) {
    if (!store_folder_) return make_memory_store(share_->shard.crypto());
    return make_file_store(share_->shard.crypto(),
                           *store_folder_ / ("camera-" + std::to_string(id.value()) + ".store"));
  }

  void stepped(std::size_t index, const CameraDriver& driver) {
    auto& slot = slots[index];
    const auto phase = driver.camera().phase();
    if (phase == slot.seen) return;
    if (counts_online(phase)) {
      if (!std::exchange(slot.was_online, true)) ++tally_->ever_online;
      ++tally_->online;
    }
    if (counts_online(slot.seen)) --tally_->online;
    if (phase == Camera::Phase::gave_up) ++tally_->gave_up;
    if (slot.seen == Camera::Phase::gave_up) --tally_->gave_up;
    slot.seen = phase;
  }

  std::shared_ptr<ShardShare> share_;
  Tally* tally_;
  std::optional<std::filesystem::path> store_folder_;
  asio::steady_timer timer_;
  SteadyClock::time_point origin_;
  std::vector<std::size_t> order_;  // of slots, by start
  std::size_t next_ = 0;
  bool stopped_ = false;
};

CameraProgress describe(const Slot& slot) {
  CameraProgress p;
  p.id = slot.plan.id;
  if (!slot.driver) {
    p.state = "not started";
    return p;
  }
  const auto& camera = slot.driver->camera();
  p.state = phase_name(camera.phase());
  p.stage = camera.stage();
  p.attempt = camera.attempt();
  p.failures = camera.failures();
  if (const auto error = camera.last_error()) p.last_error = error_name(*error);
  return p;
}

/// A key that is not asked for cannot be broken on its way.
bool concerns_keys(const fault::Engine* faults) {
  using fault::Point;
  if (faults == nullptr) return false;
  for (const auto point : {Point::link_keys, Point::tls_keys, Point::keys_http})
    if (faults->watches(point)) return true;
  return false;
}

void make_private_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return;
  const int error = errno;
  struct stat info {};
  if (error == EEXIST && ::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return;
  throw ErrorException({Errc::io_error, folder.string() + ": " + std::strerror(error)});
}

}  // namespace

namespace {

/// Where each camera is; complete before the fleet starts, unchanged after.
struct CameraIndex {
  struct Place {
    unsigned part = 0;
    std::size_t slot = 0;
  };
  ShardSet& shards;
  std::vector<std::weak_ptr<Part>> parts;
  std::unordered_map<CameraId, Place> places;

  /// Asks the shard of `camera` for its stored bytes; `answer` is called on the shard `from`.
  void read_store(CameraId camera, unsigned from, std::function<void(std::optional<std::string>)> answer) const {
    auto* home = &shards.at(from).io();
    const auto at = places.find(camera);
    if (at == places.end()) return asio::post(*home, [a = std::move(answer)] { a(std::nullopt); });
    const auto [number, slot] = at->second;
    asio::post(shards.at(number).io(), [home, part = parts[number], index = slot, a = std::move(answer)] {
      const auto there = part.lock();
      auto bytes = there ? there->stored(index) : std::nullopt;
      asio::post(*home, [a, b = std::move(bytes)] { a(b); });
    });
  }
};

}  // namespace

struct Fleet::Impl {
  ShardSet& shards;
  Tally tally;
  std::vector<std::shared_ptr<Part>> parts;
  std::shared_ptr<CameraIndex> index;

  /// Soon, on the camera's shard.
  void at(CameraId camera, std::function<void(Part&, std::size_t)> work) const {
    const auto place = index->places.find(camera);
    if (place == index->places.end()) return;
    const auto [part, slot] = place->second;
    asio::post(shards.at(part).io(), [p = parts[part], index = slot, w = std::move(work)] { w(*p, index); });
  }
  template <class Work>
  void on_each(Work work) const {
    for (unsigned i = 0; i < parts.size(); ++i) shards.at(i).run_and_wait([&] { work(*parts[i]); });
  }
};

Fleet::Fleet(ShardSet& shards, journal::Journal& journal, FleetConfig config, std::vector<PlannedCamera> cameras)
    : impl_(new Impl{shards, {}, {}, std::make_shared<CameraIndex>(CameraIndex{shards, {}, {}})}) {
  for (const auto* url : {&config.camera.endorse_url, &config.camera.keys_url, &config.camera.config_url})
    if (const auto parsed = parse_https_url(*url); !parsed)
      throw ErrorException({parsed.error().code, *url + ": " + parsed.error().detail});
  if (config.store_folder) make_private_folder(*config.store_folder);
  const auto shared = std::make_shared<const CameraConfig>(with_defects(config.camera));
  const bool share_keys = config.share_keys && !concerns_keys(config.faults);
  for (unsigned i = 0; i < shards.size(); ++i) {
    auto& shard = shards.at(i);
    auto lane = journal.lane();
    shard.run_and_wait([&] {
      auto share = std::make_shared<ShardShare>(shard, lane, journal.epoch(), shared, config.hosts, config.network_time,
                                                share_keys);
      share->faults = config.faults;
      share->on_sim_swapped = config.on_sim_swapped;
      share->read_store = [index = impl_->index, i](CameraId camera, auto answer) {
        index->read_store(camera, i, std::move(answer));
      };
      if (const auto ca = share->client_context(shared->ca_pem); !ca) throw ErrorException(ca.error());
      impl_->parts.push_back(std::make_shared<Part>(std::move(share), impl_->tally, config.store_folder));
    });
  }
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    const auto part = static_cast<unsigned>(i % impl_->parts.size());
    auto& slots = impl_->parts[part]->slots;
    impl_->index->places[cameras[i].id] = {part, slots.size()};
    slots.push_back(Slot{std::move(cameras[i]), nullptr, {}});
  }
  for (const auto& part : impl_->parts) impl_->index->parts.push_back(part);
}

Fleet::~Fleet() {
  for (unsigned i = 0; i < impl_->parts.size(); ++i) {
    impl_->shards.at(i).run_and_wait([&] {
      impl_->parts[i]->drop();
      impl_->parts[i].reset();
    });
  }
}

SteadyClock::time_point Fleet::start() {
  const auto origin = SteadyClock::now();
  for (unsigned i = 0; i < impl_->parts.size(); ++i)
    boost::asio::post(impl_->shards.at(i).io(), [part = impl_->parts[i], origin] { part->schedule(origin); });
  return origin;
}

void Fleet::stop_politely(SteadyClock::duration limit) {
  const auto deadline = SteadyClock::now() + limit;
  impl_->on_each([](Part& part) { part.stop(); });
  for (;;) {
    bool closed = true;
    impl_->on_each([&](Part& part) { closed = closed && part.all_closed(); });
    if (closed) return;
    if (SteadyClock::now() >= deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  impl_->on_each([](Part& part) { part.drop(); });
}

FleetCounts Fleet::counts() const {
  FleetCounts c;
  c.planned = impl_->index->places.size();
  c.started = impl_->tally.started;
  c.online = impl_->tally.online;
  c.ever_online = impl_->tally.ever_online;
  c.gave_up = impl_->tally.gave_up;
  return c;
}

std::vector<CameraProgress> Fleet::progress() const {
  std::vector<CameraProgress> all;
  impl_->on_each([&](Part& part) {
    for (const auto& slot : part.slots) all.push_back(describe(slot));
  });
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

void Fleet::power_cut(CameraId camera, std::optional<SteadyClock::duration> off_for) {
  impl_->at(camera, [off_for](Part& part, std::size_t slot) { part.power_cut(slot, off_for); });
}

void Fleet::carry_out(const fault::Rule& rule, CameraId camera) {
  impl_->at(camera, [r = &rule](Part& part, std::size_t slot) { part.carry_out(slot, *r); });
}

}  // namespace firstlight::sim
