// Rules at `attach` and `camera` with a whole fleet, real shards and a real engine. There is no lab: every connection
// is refused by a closed port, which leaves the cameras between attach and endorse.
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <mutex>

#include "sim/driver_io.hpp"
#include "sim/fleet.hpp"
#include "tests/unit/sim/rules.hpp"
#include "world.hpp"

namespace firstlight::sim {
namespace {

namespace asio = boost::asio;
using journal::Stage;

/// At the first attempt only.
fault::Rule first(const char* point, const char* effect, Arguments arguments = {}) {
  return rule(point, effect, std::move(arguments), {1, 1, 1});
}

/// What the journal told, to be waited for.
class Told {
 public:
  void tell(const journal::Event& event) {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    }
    changed_.notify_all();
  }
  /// Nothing has an end: a test that waits in vain fails after a minute.
  template <class P>
  P await(
      std::uint32_t camera, const std::function<bool(const P&)>& fits = [](const P&) { return true; }) {
    std::unique_lock lock(mutex_);
    std::optional<P> found;
    changed_.wait_for(lock, 60s, [&] {
      for (const auto& e : events_)
        if (const auto* p = std::get_if<P>(&e.payload); p != nullptr && e.camera == camera && fits(*p)) {
          found = *p;
          return true;
        }
      return false;
    });
    EXPECT_TRUE(found) << P::kName;
    return found.value_or(P{});
  }
  template <class P>
  std::vector<P> all() {
    const std::lock_guard lock(mutex_);
    std::vector<P> found;
    for (const auto& e : events_)
      if (const auto* p = std::get_if<P>(&e.payload)) found.push_back(*p);
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<journal::Event> events_;
};

class FleetFaults : public testing::Test {
 protected:
  void start(std::vector<fault::Rule> rules, CameraConfig camera = quick(),
             std::vector<SteadyClock::duration> starts = {{}}) {
    engine = std::make_unique<fault::Engine>(1, "test", 5, std::move(rules));
    FleetConfig config;
    config.camera = std::move(camera);
    config.store_folder = store;
    config.faults = engine.get();
    config.on_sim_swapped = [this](CameraId id, const Imsi& imsi) {
      swapped = fmt::format("{}: {}", id.value(), imsi.value());
    };
    std::vector<PlannedCamera> cameras;
    for (std::uint32_t i = 1; i <= starts.size(); ++i)
      cameras.push_back({CameraId(i), asio::ip::make_address("127.0.0.1"), imsi_of(i), starts[i - 1]});
    shards.start();
    fleet = std::make_unique<Fleet>(shards, *journal, std::move(config), std::move(cameras));
    const auto origin = fleet->start();
    engine->start(origin, journal->epoch());
  }
  void stop() {
    if (!fleet) return;
    fleet.reset();
    shards.stop();
    journal->close();
  }
  void TearDown() override {
    stop();
    if (store) std::filesystem::remove_all(*store);
  }
  static Imsi imsi_of(std::uint32_t camera) { return Imsi(fmt::format("44010{:010}", camera)); }
  std::size_t fired(const std::string& rule_id) {
    const auto all = told.all<journal::FaultFired>();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& f) { return f.rule == rule_id; }));
  }
  void make_store() {
    std::string name = (std::filesystem::temp_directory_path() / "firstlight-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    store = name;
  }
  void fill_store(std::uint32_t camera, std::chrono::hours valid_for = 1h) {
    const auto file = make_file_store(Materials::get().crypto, *store / fmt::format("camera-{}.store", camera));
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const wire::Validity valid{now - 1h, now + valid_for};
    auto document = config_document(Materials::get().device_pem(valid));
    document["mqtt_config"]["endpoint"] = "127.0.0.1";
    document["mqtt_config"]["port"] = 1;
    ASSERT_TRUE(file->save(stored_document(document, imsi_of(camera))));
  }
  /// Camera 1 has a configuration whose certificate is valid for so long.
  void store_for(std::chrono::hours valid_for) {
    make_store();
    fill_store(1, valid_for);
  }
  static CameraConfig quick() {
    auto c = World::default_config();
    // The port of a socket that does not listen: nobody answers, and nobody else takes it.
    static asio::io_context io;
    static asio::ip::tcp::socket deaf(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto url = fmt::format("https://127.0.0.1:{}/", deaf.local_endpoint().port());
    c.endorse_url = c.keys_url = c.config_url = url;
    c.retry.base = 10ms;
    c.retry.cap = 20ms;
    c.retry.give_up_after = 0;
    return c;
  }

  Told told;
  std::optional<std::filesystem::path> store;
  std::string swapped;  // written on a shard, read after stop()
  std::unique_ptr<journal::Journal> journal =
      journal::Journal::open("", {}, [this](const journal::Event& e) { told.tell(e); }).value();
  ShardSet shards{2, "test"};
  std::unique_ptr<fault::Engine> engine;
  std::unique_ptr<Fleet> fleet;
};

std::function<bool(const journal::StageEnded&)> failed_with(const char* error) {
  return [error](const journal::StageEnded& e) { return !e.ok && e.error == error; };
}
std::function<bool(const journal::PowerOn&)> boot(std::uint32_t nth) {
  return [nth](const journal::PowerOn& e) { return e.boot == nth; };
}

TEST_F(FleetFaults, AttachIsRejectedThenAccepted) {
  start({first("attach", "reject")});
  EXPECT_EQ(told.await<journal::StageEnded>(1, failed_with("attach-rejected")).stage, Stage::attach);
  EXPECT_EQ(told.await<journal::FaultFired>(1).attempt, 1U);
  told.await<journal::StageStarted>(1, [](const auto& e) { return e.stage == Stage::endorse; });
  stop();
  EXPECT_EQ(told.all<journal::FaultFired>().size(), 1U);
}

TEST_F(FleetFaults, ABarredCameraGivesUp) {
  start({first("attach", "bar")});
  EXPECT_EQ(told.await<journal::CameraGaveUp>(1).reason, "attach-barred");
  EXPECT_EQ(fleet->counts().gave_up, 1U);
}

TEST_F(FleetFaults, ASlowAttachTakesItsTime) {
  start({first("attach", "delay", {{"for", std::int64_t{30'000}}})});
  const auto attached = told.await<journal::StageEnded>(1, [](const auto& e) { return e.stage == Stage::attach; });
  EXPECT_TRUE(attached.ok);
  EXPECT_GE(attached.took_us, 30'000);
  told.await<journal::FaultFired>(1);
}

TEST_F(FleetFaults, ADetachedCameraAttachesAnew) {
  start({first("attach", "detach", {{"after", std::int64_t{5'000}}})});
  told.await<journal::FaultFired>(1);
  told.await<journal::StageStarted>(1, [](const auto& e) { return e.stage == Stage::attach && e.attempt == 2; });
}

TEST_F(FleetFaults, PowerIsCutAsAStageBeginsAndComesBack) {
  start({first("camera", "power-cut", {{"stage", std::string("endorse")}, {"off_for", std::int64_t{1000}}})});
  EXPECT_EQ(told.await<journal::StageEnded>(1, failed_with("power-cut")).stage, Stage::endorse);
  EXPECT_EQ(told.await<journal::FaultFired>(1).detail, "endorse");
  told.await<journal::PowerOn>(1, boot(2));
  told.await<journal::StageEnded>(1, failed_with("connect-refused"));  // not in the first boot: that one asked nobody
  stop();
  EXPECT_EQ(told.all<journal::PowerOn>().size(), 2U);
}

TEST_F(FleetFaults, AStageThatIsNeverReachedFiresNothing) {
  auto camera = quick();
  camera.retry.give_up_after = 2;
  start({first("camera", "power-cut", {{"stage", std::string("status")}, {"off_for", std::int64_t{1000}}}),
         first("camera", "store-torn"), first("attach", "detach", {{"after", std::int64_t{3'600'000'000}}})},
        camera);
  told.await<journal::CameraGaveUp>(1);
  stop();
  EXPECT_TRUE(told.all<journal::FaultFired>().empty());
}

TEST_F(FleetFaults, APowerCutOfAMoment) {
  start({});
  told.await<journal::StageEnded>(1, failed_with("connect-refused"));
  const auto cut = first("camera", "power-cut", {{"stage", std::string("none")}, {"off_for", std::int64_t{1000}}});
  fleet->carry_out(cut, CameraId(1));
  EXPECT_EQ(told.await<journal::FaultFired>(1).attempt, 0U);
  told.await<journal::PowerOn>(1, boot(2));
  stop();
  EXPECT_EQ(told.all<journal::FaultFired>().size(), 1U);
}

TEST_F(FleetFaults, WhatIsOffCannotBeBroken) {
  start({}, quick(), {{}, 1h});
  const auto cut = first("camera", "power-cut", {{"stage", std::string("none")}, {"off_for", std::int64_t{1000}}});
  const auto jump = first("camera", "clock-jump", {{"by", std::int64_t{1000}}});
  fleet->carry_out(cut, CameraId(2));
  fleet->carry_out(jump, CameraId(2));
  fleet->carry_out(cut, CameraId(99));
  told.await<journal::PowerOn>(1);
  stop();
  EXPECT_TRUE(told.all<journal::FaultFired>().empty());
}

TEST_F(FleetFaults, APowerCutAtAStageIsRememberedForACameraThatArrivesLater) {
  start({first("attach", "delay", {{"for", std::int64_t{1000}}})}, quick(), {300ms});
  const auto cut = first("camera", "power-cut", {{"stage", std::string("endorse")}, {"off_for", std::int64_t{1000}}});
  fleet->carry_out(cut, CameraId(1));
  EXPECT_EQ(told.await<journal::StageEnded>(1, failed_with("power-cut")).stage, Stage::endorse);
  told.await<journal::PowerOn>(1, boot(2));
  told.await<journal::StageEnded>(1, failed_with("connect-refused"));
  stop();
  EXPECT_EQ(told.all<journal::PowerOn>().size(), 2U);
  EXPECT_EQ(fired("power-cut"), 1U);
}

TEST_F(FleetFaults, AnArmedPowerCutOutlivesABoot) {
  // The attach takes an hour in the first boot only: the stage is not reached before the power goes for another reason.
  start({first("attach", "delay", {{"for", std::int64_t{3'600'000'000}}})});
  const auto armed = first("camera", "power-cut", {{"stage", std::string("endorse")}, {"off_for", std::int64_t{1000}}});
  const auto now = first("camera", "power-cut", {{"stage", std::string("none")}, {"off_for", std::int64_t{1000}}});
  told.await<journal::PowerOn>(1);
  fleet->carry_out(armed, CameraId(1));
  fleet->carry_out(now, CameraId(1));
  told.await<journal::FaultFired>(1, [](const auto& f) { return f.detail == "endorse"; });
  told.await<journal::PowerOn>(1, boot(3));
}

TEST_F(FleetFaults, AJumpedClockIsRememberedForACameraThatArrivesLater) {
  const auto jump = first("camera", "clock-jump", {{"by", std::int64_t{86'400'000'000}}});
  store_for(1h);
  start({}, quick(), {300ms});
  fleet->carry_out(jump, CameraId(1));
  told.await<journal::FaultFired>(1);
  // Its attach has set the clock; what it stored would have been valid for another hour.
  EXPECT_EQ(told.await<journal::StoreDiscarded>(1).reason, "certificate-expired");
}

TEST_F(FleetFaults, AJumpDuringTheAttachWaitsForTheClockToBeSet) {
  const auto jump = first("camera", "clock-jump", {{"by", std::int64_t{86'400'000'000}}});
  store_for(1h);
  start({first("attach", "delay", {{"for", std::int64_t{200'000}}})});
  told.await<journal::PowerOn>(1);
  fleet->carry_out(jump, CameraId(1));
  EXPECT_EQ(told.await<journal::StoreDiscarded>(1).reason, "certificate-expired");
  stop();
  EXPECT_EQ(fired("clock-jump"), 1U);
}

TEST_F(FleetFaults, AnotherSimIsInACameraThatArrivesLaterFromItsFirstBootOn) {
  start({}, quick(), {300ms});
  const auto swap = first("camera", "sim-swapped");
  fleet->carry_out(swap, CameraId(1));
  EXPECT_EQ(told.await<journal::FaultFired>(1).detail, "IMSI " + swapped_imsi(CameraId(1), 1).value());
  told.await<journal::StageStarted>(1, [](const auto& e) { return e.stage == Stage::endorse; });
  stop();
  EXPECT_EQ(swapped, "1: 440200010000001");
  EXPECT_EQ(told.all<journal::PowerOn>().size(), 1U) << "not before its time, and not twice";
}

TEST_F(FleetFaults, ASwappedSimIsToldAndTheCameraBootsWithIt) {
  start({});
  told.await<journal::PowerOn>(1);
  const auto swap = first("camera", "sim-swapped");
  fleet->carry_out(swap, CameraId(1));
  const auto imsi = swapped_imsi(CameraId(1), 1);
  EXPECT_EQ(imsi.value(), "440200010000001");
  EXPECT_EQ(told.await<journal::FaultFired>(1).detail, "IMSI " + imsi.value());
  told.await<journal::PowerOn>(1, boot(2));
  stop();
  EXPECT_EQ(swapped, "1: " + imsi.value());
}

class ClonedIdentity : public FleetFaults {
 protected:
  void SetUp() override { make_store(); }
  static fault::Rule clone() {
    auto r = first("camera", "cloned-identity", {{"of", std::int64_t{2}}});
    r.cameras = {false, true, false, false, false, false};
    return r;
  }
};

TEST_F(ClonedIdentity, IsFoundOutByTheSim) {
  fill_store(2);
  start({clone()}, quick(), {50ms, {}});
  EXPECT_EQ(told.await<journal::FaultFired>(1).detail, "of camera 2");
  EXPECT_EQ(told.await<journal::StoreDiscarded>(1).reason, "store-foreign-sim");
}

TEST_F(ClonedIdentity, IsUsedByACameraThatDoesNotLook) {
  fill_store(2);
  auto camera = quick();
  camera.defects = Defect::keep_config_of_old_sim;
  start({clone()}, camera, {50ms, {}});
  told.await<journal::StageStarted>(1, [](const auto& e) { return e.stage == Stage::mqtt_connect; });
}

TEST_F(ClonedIdentity, OfACameraThatHasNoneIsNoClone) {
  start({clone()}, quick(), {50ms, {}});
  told.await<journal::StageStarted>(1, [](const auto& e) { return e.stage == Stage::endorse; });
  stop();
  EXPECT_TRUE(told.all<journal::FaultFired>().empty());
}

}  // namespace
}  // namespace firstlight::sim
