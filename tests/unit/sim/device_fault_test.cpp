// What rules do to a camera itself: the store, boots and attaches as the driver asks for them, and what the camera's
// state machine makes of a lost network, a moved clock and another SIM.
#include "sim/device_faults.hpp"
#include "tests/unit/sim/rules.hpp"
#include "world.hpp"

namespace firstlight::sim {
namespace {

using journal::Stage;
using Phase = Camera::Phase;

class Device : public testing::Test {
 protected:
  DeviceFaults& with(std::vector<fault::Rule> rules) {
    engine = std::make_unique<fault::Engine>(1, "test", 10, std::move(rules));
    faults = std::make_unique<DeviceFaults>(engine.get(), attempts, lane, CameraId(3), "127.0.0.3");
    return *faults;
  }
  std::vector<std::string> fired() {
    journal->close();
    return seen;
  }
  void keep(const journal::Event& e) {
    const auto* f = std::get_if<journal::FaultFired>(&e.payload);
    if (f == nullptr) return;
    seen.push_back(fmt::format("{}/{} camera {} attempt {} {}", f->point, f->effect, e.camera, f->attempt, f->detail));
    rules_fired.push_back(f->rule);
  }

  std::vector<std::string> seen;
  std::vector<std::string> rules_fired;
  std::unique_ptr<journal::Journal> journal =
      journal::Journal::open("", {}, [this](const journal::Event& e) { keep(e); }).value();
  journal::Lane lane = journal->lane();
  CryptoContext crypto;
  std::unique_ptr<Store> store = make_memory_store(crypto);
  fault::AttemptCounter attempts;
  std::unique_ptr<fault::Engine> engine;
  std::unique_ptr<DeviceFaults> faults;
};

TEST_F(Device, TornStoreHoldsTheFirstHalfOfWhatWasSaved) {
  auto& f = with({rule("camera", "store-torn", {}, {2, 2, 1})});
  f.boot();
  ASSERT_TRUE(f.save(*store, "sound"));
  EXPECT_EQ(*store->load(), "sound");
  f.boot();
  ASSERT_TRUE(f.save(*store, "0123456789012345678901234567890123456789"));
  EXPECT_EQ(store->load().error().detail, "torn");
  f.boot();
  ASSERT_TRUE(f.save(*store, "sound again"));
  EXPECT_EQ(*store->load(), "sound again");
  EXPECT_THAT(fired(), testing::ElementsAre("camera/store-torn camera 3 attempt 2 "));
}

TEST_F(Device, CorruptStoreHasOneWrongByte) {
  auto& f = with({rule("camera", "store-corrupt")});
  f.boot();
  const std::string content(400, 'a');
  ASSERT_TRUE(f.save(*store, content));
  EXPECT_EQ(store->load().error().detail, "checksum");
  const auto there = *unwrap_unchecked(*store->raw());
  ASSERT_EQ(there.size(), content.size());
  EXPECT_EQ(std::count(there.begin(), there.end(), 'a'), 399);
  EXPECT_EQ(fired().size(), 1U);
}

TEST_F(Device, FullStoreKeepsWhatItHad) {
  ASSERT_TRUE(store->save("old"));
  auto& f = with({rule("camera", "store-full")});
  f.boot();
  EXPECT_EQ(f.save(*store, "new").error().code, Errc::store_full);
  EXPECT_EQ(*store->load(), "old");
  EXPECT_EQ(fired().size(), 1U);
}

TEST_F(Device, NothingSavedNothingFired) {
  auto& f = with({rule("camera", "store-torn"), rule("camera", "store-full"), rule("camera", "store-corrupt")});
  f.boot();
  EXPECT_TRUE(fired().empty());
}

TEST_F(Device, PowerIsCutAtItsStageOnceABoot) {
  auto& f = with({rule("camera", "power-cut", {{"stage", std::string("store")}, {"off_for", std::int64_t{5000}}})});
  f.boot();
  EXPECT_EQ(f.power_cut_at(Stage::attach), std::nullopt);
  EXPECT_EQ(f.power_cut_at(Stage::store), Duration(5000));
  EXPECT_EQ(f.power_cut_at(Stage::store), std::nullopt);
  f.boot();
  EXPECT_EQ(f.power_cut_at(Stage::status), std::nullopt);
  EXPECT_THAT(fired(), testing::ElementsAre("camera/power-cut camera 3 attempt 1 store"));
}

TEST_F(Device, APowerCutOfAMomentOutlivesTheBootsUntilItsStageBegins) {
  // A rule by attempt makes the driver ask the engine at each boot.
  auto& f = with({rule("attach", "delay", {{"for", std::int64_t{1}}}), rule("camera", "store-torn", {}, {9, 9, 1})});
  const auto cut = rule("camera", "power-cut", {{"stage", std::string("status")}, {"off_for", std::int64_t{5000}}});
  fault::CameraPlan plan;
  fault::Engine::apply(plan, cut);
  f.boot();
  f.arm(cut, plan);
  for (int boot = 0; boot < 3; ++boot) {
    f.boot();
    EXPECT_EQ(f.power_cut_at(Stage::endorse), std::nullopt);
  }
  EXPECT_EQ(f.power_cut_at(Stage::status), Duration(5000));
  EXPECT_EQ(f.power_cut_at(Stage::status), std::nullopt);
  f.boot();
  EXPECT_EQ(f.power_cut_at(Stage::status), std::nullopt) << "once";
  EXPECT_THAT(fired(), testing::ElementsAre("camera/power-cut camera 3 attempt 0 status"));
}

TEST_F(Device, ClockSkewAddsUp) {
  auto& f = with({rule("camera", "clock-skew", {{"by", std::int64_t{3'600'000'000}}}),
                  rule("camera", "clock-skew", {{"by", std::int64_t{-600'000'000}}}, {1, 1, 1})});
  f.boot();
  EXPECT_EQ(f.skew(), Duration(3'000'000'000));
  f.boot();
  EXPECT_EQ(f.skew(), Duration(3'600'000'000));
  EXPECT_EQ(fired().size(), 3U);
}

TEST_F(Device, AttachesAreCountedAndAnswered) {
  auto& f =
      with({rule("attach", "reject", {}, {1, 1, 1}), rule("attach", "delay", {{"for", std::int64_t{250}}}, {2, 2, 1}),
            rule("attach", "bar", {}, {3, 3, 1}), rule("attach", "detach", {{"after", std::int64_t{70}}}, {4, 4, 1})});
  EXPECT_EQ(f.attach().outcome.error().code, Errc::attach_rejected);
  f.attach_answered();
  const auto second = f.attach();
  EXPECT_TRUE(second.outcome);
  EXPECT_EQ(second.delay, Duration(250));
  // The power went before the network answered: nothing was delayed.
  EXPECT_EQ(f.attach().outcome.error().code, Errc::attach_barred);
  f.attach_answered();
  EXPECT_EQ(f.attach().detach_after, Duration(70));
  f.attach_answered();
  f.detached();
  EXPECT_THAT(fired(), testing::ElementsAre("attach/reject camera 3 attempt 1 ", "attach/bar camera 3 attempt 3 ",
                                            "attach/detach camera 3 attempt 4 "));
}

// -- rules that contradict each other ---------------------------------------------------------------------------------

TEST_F(Device, OfTwoAnswersToAnAttachTheLastCounts) {
  const auto reject = rule("attach", "reject"), bar = rule("attach", "bar");
  EXPECT_EQ(with({reject, bar}).attach().outcome.error().code, Errc::attach_barred);
  faults->attach_answered();
  EXPECT_EQ(with({bar, reject}).attach().outcome.error().code, Errc::attach_rejected);
  faults->attach_answered();
  EXPECT_THAT(fired(), testing::ElementsAre("attach/bar camera 3 attempt 1 ", "attach/reject camera 3 attempt 2 "));
}

TEST_F(Device, OfTwoRulesThatSayTheSameTheLaterCounts) {
  auto again = rule("attach", "reject");
  again.id = "again";
  auto& f = with({rule("attach", "reject"), again, rule("attach", "delay", {{"for", std::int64_t{250}}})});
  EXPECT_EQ(f.attach().outcome.error().code, Errc::attach_rejected);
  f.attach_answered();
  journal->close();
  EXPECT_THAT(rules_fired, testing::UnorderedElementsAre("delay", "again"));
}

TEST_F(Device, OfTwoDetachesTheEarlierHappens) {
  auto late = rule("attach", "detach", {{"after", std::int64_t{90}}});
  auto early = rule("attach", "detach", {{"after", std::int64_t{70}}});
  late.id = "late", early.id = "early";
  auto& f = with({late, early});
  EXPECT_EQ(f.attach().detach_after, Duration(70));
  f.detached();
  journal->close();
  EXPECT_THAT(rules_fired, testing::ElementsAre("early"));
}

TEST_F(Device, OfTwoDamagesToTheStoreTheLastHappens) {
  const std::string content(400, 'a');
  const auto torn = rule("camera", "store-torn"), corrupt = rule("camera", "store-corrupt"),
             full = rule("camera", "store-full");
  auto* f = &with({torn, corrupt});
  f->boot();
  ASSERT_TRUE(f->save(*store, content));
  EXPECT_EQ(store->load().error().detail, "checksum");
  f = &with({full, torn});
  f->boot();
  ASSERT_TRUE(f->save(*store, content));
  EXPECT_EQ(store->load().error().detail, "torn");
  f = &with({torn, full});
  f->boot();
  EXPECT_EQ(f->save(*store, content).error().code, Errc::store_full);
  EXPECT_THAT(fired(),
              testing::ElementsAre("camera/store-corrupt camera 3 attempt 1 ", "camera/store-torn camera 3 attempt 2 ",
                                   "camera/store-full camera 3 attempt 3 "));
}

TEST_F(Device, OfTwoClonesTheLastIsBooted) {
  auto& f = with({rule("camera", "cloned-identity", {{"of", std::int64_t{2}}}),
                  rule("camera", "cloned-identity", {{"of", std::int64_t{4}}})});
  f.boot();
  EXPECT_EQ(f.clone_of(), CameraId(4));
  f.cloned();
  EXPECT_EQ(f.clone_of(), std::nullopt) << "once a boot";
  EXPECT_THAT(fired(), testing::ElementsAre("camera/cloned-identity camera 3 attempt 1 of camera 4"));
}

TEST_F(Device, AClockThatIsWrongByNothingIsRight) {
  auto& f = with({rule("camera", "clock-skew", {{"by", std::int64_t{0}}})});
  f.boot();
  EXPECT_EQ(f.skew(), std::nullopt);
  EXPECT_TRUE(fired().empty());
}

// -- the camera itself ----------------------------------------------------------------------------------------------

TEST(Detached, AtEveryStageItAttachesAnewAndComesOnline) {
  for (const auto& stage : journal::kStages) {
    if (stage.stage == Stage::attach) continue;
    World w;
    w.to(stage.stage);
    w.feed(Detached{});
    EXPECT_EQ(w.count<DropConnections>(), 1U);
    EXPECT_EQ(w.emitted<journal::StageEnded>().back().error, "network-detached");
    EXPECT_EQ(w.camera.phase(), Phase::waiting);
    w.timer();
    ASSERT_EQ(w.camera.stage(), Stage::attach);
    w.to_online();
    w.expect_same_on_replay();
  }
}

TEST(Detached, OnlineItReportsAndComesBackFromTheStore) {
  World w;
  w.at_online();
  const auto asked = w.count<HttpsGet>();
  w.feed(Detached{});
  EXPECT_EQ(w.emitted<journal::CameraOffline>().back().reason, "network-detached");
  w.timer();
  EXPECT_TRUE(w.is_in(Stage::attach));
  w.expect_transcript("row_detached");
  w.to_online();
  EXPECT_EQ(w.count<HttpsGet>(), asked);
}

TEST(Detached, WithAFullStoreItGoesOnFromMemory) {
  World w;
  w.to(Stage::store);
  w.saved(Error(Errc::store_full));
  w.to_online();
  w.feed(Detached{});
  w.timer(), w.attach();
  EXPECT_EQ(w.camera.stage(), Stage::mqtt_connect);
}

TEST(Detached, WhileItWaitsTheWaitIsKept) {
  World w;
  w.to(Stage::endorse);
  w.https_fails(Errc::connect_refused);
  w.feed(Detached{});
  EXPECT_EQ(w.count<StartTimer>(), 1U);
  w.timer();
  EXPECT_EQ(w.camera.stage(), Stage::attach);
}

TEST(Detached, NobodyIsThereToBeDetached) {
  World off;
  off.feed(Detached{});
  EXPECT_TRUE(off.last.empty());
  World gone;
  gone.power_on();
  gone.feed(AttachDone{gone.newest<Attach>().id, Error(Errc::attach_barred)});
  gone.feed(Detached{});
  EXPECT_TRUE(gone.last.empty());
}

TEST(Clock, SkewOutlivesTheSynchronisationAJumpDoesNot) {
  World w;
  w.power_on();
  w.feed(ClockMoved{1h, ClockMoved::Until::power_off});
  w.feed(ClockMoved{24h});
  w.attach(), w.load();
  EXPECT_EQ(w.newest<HttpsGet>().clock, w.wall() + 1h);
  w.feed(ClockMoved{-2h});
  w.https_fails(Errc::connect_refused), w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().clock, w.wall() - 1h);
  w.feed(PowerCut{}), w.feed(PowerOn{w.mono}), w.attach(), w.load();
  EXPECT_EQ(w.newest<HttpsGet>().clock, w.wall());
}

TEST(Clock, AJumpAheadMakesTheCertificateUseless) {
  World w;
  w.to(Stage::mqtt_connect);
  w.feed(ClockMoved{240h});
  w.connack(Error(Errc::connect_refused), false), w.timer();
  EXPECT_EQ(w.emitted<journal::StoreDiscarded>().back().reason, "certificate-expired");
  EXPECT_EQ(w.camera.stage(), Stage::endorse);
}

TEST(Clock, SntpSetsItBeforeAnythingIsBelieved) {
  auto c = World::default_config();
  c.clock.start = from_unix_seconds(0);
  c.clock.sync = ClockModel::Sync::sntp;
  World w(c);
  w.power_on(), w.attach();
  EXPECT_EQ(w.count<StoreLoad>() + w.count<HttpsGet>(), 0U);
  w.feed(ClockSynced{w.newest<SyncClock>().id}, 300ms);
  w.load();
  EXPECT_EQ(w.newest<HttpsGet>().clock, w.wall());
  w.https_fails(Errc::connect_refused), w.feed(Detached{}), w.timer(), w.attach();
  EXPECT_EQ(w.count<SyncClock>(), 1U);  // once a boot
  w.expect_same_on_replay();
}

TEST(Sim, AnotherOneMakesTheStoreForeign) {
  World w;
  w.to_online();
  const auto stored = w.newest<StoreSave>().content.reveal();
  w.feed(SimChanged{Imsi("440200010000003")});  // while it is on nobody can
  EXPECT_EQ(w.camera.identity().imsi, kImsi);
  w.feed(PowerCut{}), w.feed(SimChanged{Imsi("440200010000003")});
  w.feed(PowerOn{w.mono}, 1s), w.attach(), w.load(stored);
  EXPECT_EQ(w.emitted<journal::StoreDiscarded>().back().reason, "store-foreign-sim");
  EXPECT_EQ(w.count<StoreDiscard>(), 1U);
  auto claims = claims_at(w.wall());
  claims.endorse.imsi = Imsi("440200010000003");
  w.token(sign(claims)), w.to_online();
  EXPECT_NE(w.newest<StoreSave>().content.reveal().find("440200010000003"), std::string::npos);
}

}  // namespace
}  // namespace firstlight::sim
