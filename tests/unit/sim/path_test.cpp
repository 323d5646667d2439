// The camera's paths when nothing goes wrong, or only the camera itself does: one transcript a path.
#include "world.hpp"

namespace firstlight::sim {
namespace {

using journal::Stage;
using Phase = Camera::Phase;

TEST(Path, ColdStartToOnline) {
  World w;
  w.to_online();
  EXPECT_EQ(w.camera.phase(), Phase::online);
  w.expect_transcript("cold_start");
}

TEST(Path, ColdStartWithMqtt5AndStatusReports) {
  auto c = World::default_config();
  c.mqtt_version = wire::mqtt::Version::v5;
  World w(c);
  w.at(Stage::config);
  auto document = config_document();
  document["telemetry"]["status_interval_seconds"] = 5;
  w.configuration(document);
  w.at(Stage::status), w.puback();
  w.timer(), w.puback();
  w.timer(), w.puback();
  w.expect_transcript("status_reports");
}

TEST(Path, WarmRestartGoesStraightToMqtt) {
  World w;
  w.at_online();
  const auto asked = w.count<HttpsGet>();
  w.feed(PowerCut{}, 5s);
  w.power_on(2s);
  w.to_online();
  const auto online = w.emitted<journal::CameraOnline>();
  ASSERT_EQ(online.size(), 2U);
  EXPECT_FALSE(online[0].warm);
  EXPECT_TRUE(online[1].warm);
  EXPECT_EQ(w.count<HttpsGet>(), asked);  // all of the first boot
  w.expect_transcript("warm_restart");
}

TEST(Path, TornStoreStartsOver) {
  World w;
  w.at_reading_the_store();
  w.load(Error(Errc::store_corrupt, "torn"));
  w.expect_transcript("torn_store");
  w.to_online();
}

TEST(Path, StoredConfigurationThatIsNoneStartsOver) {
  World w;
  w.at_reading_the_store();
  w.load(std::string("{\"device_id\": 5}"));
  w.expect_transcript("foreign_store");
  EXPECT_EQ(w.camera.stage(), journal::Stage::endorse);
}

TEST(Path, StoredCertificateThatExpiredStartsOver) {
  World w;
  w.at_reading_the_store();
  w.load(stored_document(config_document(Materials::get().device_pem({kToday - 48h, kToday - 1h}))));
  w.expect_transcript("stored_certificate_expired");
  EXPECT_EQ(w.camera.stage(), journal::Stage::endorse);
}

TEST(Path, WithoutStoreNothingIsLoadedOrSaved) {
  auto c = World::default_config();
  c.keep_store = false;
  World w(c);
  w.at_online();
  w.lost(Errc::connection_reset);  // the configuration is still in memory
  w.timer();
  w.expect_transcript("without_store");
  w.to_online();
  EXPECT_EQ(w.count<StoreLoad>() + w.count<StoreSave>(), 0U);
}

TEST(Path, ClockThatNobodySetsRejectsTheToken) {
  auto c = World::default_config();
  c.clock.start = from_unix_seconds(0);
  c.clock.sync = ClockModel::Sync::none;
  World w(c);
  w.at(Stage::verify);
  EXPECT_EQ(unix_seconds(w.newest<HttpsGet>().clock), 0);
  w.key();
  EXPECT_EQ(w.emitted<journal::StageEnded>().back().error, "token-not-yet-valid");
  w.expect_transcript("clock_never_set");
}

TEST(Path, NetworkTimeSetsTheClockAtTheAttach) {
  auto c = World::default_config();
  c.clock.start = from_unix_seconds(0);
  World w(c);
  w.to_online();
  EXPECT_EQ(w.camera.phase(), Phase::online);
}

TEST(Path, StaleCompletionsChangeNothing) {
  World w;
  w.to(Stage::config);
  const auto pending = w.newest<HttpsGet>().id;
  HttpReply garbage;
  garbage.status = 500;
  for (ActionId stale = 0; stale < pending; ++stale) {
    w.feed(HttpsDone{stale, garbage, {}});
    EXPECT_TRUE(w.last.empty());
    w.feed(AttachDone{stale, Error(Errc::attach_barred)});
    EXPECT_TRUE(w.last.empty());
    w.feed(TimerFired{stale});
    EXPECT_TRUE(w.last.empty());
    w.feed(StoreLoaded{stale, std::string("x")});
    EXPECT_TRUE(w.last.empty());
    w.feed(MqttLost{stale, Errc::connection_reset});
    EXPECT_TRUE(w.last.empty());
  }
  w.configuration();
  EXPECT_TRUE(w.emitted<journal::StageEnded>().back().ok);
}

TEST(Path, CompletionsOfTheFormerBootAreStale) {
  World w;
  w.to(Stage::config);
  const auto before = w.newest<HttpsGet>().id;
  w.feed(PowerCut{});
  w.feed(PowerOn{w.mono});
  HttpReply r;
  r.status = 200;
  r.body = config_document().dump();
  w.feed(HttpsDone{before, r, {}});
  EXPECT_TRUE(w.last.empty());
  w.to_online();
}

TEST(Path, PowerCutAtEveryStageThenOnline) {
  for (const auto& stage : journal::kStages) {
    SCOPED_TRACE(stage.name);
    World w;
    w.at(stage.stage);
    w.transcript.clear();
    w.feed(PowerCut{});
    EXPECT_EQ(w.camera.phase(), Phase::off);
    EXPECT_EQ(w.transcript,
              fmt::format("     0.010 < power cut\n"
                          "           > drop connections\n"
                          "           > cancel timer\n"
                          "           > * stage_ended stage={} attempt=1 ok=false error=power-cut took_us=10000"
                          " tcp_us=0 tls_us=0 exchange_us=0\n",
                          stage.name));
    w.to_online();
    w.expect_same_on_replay();
  }
}

TEST(Path, StopSaysGoodbyeOnlyWhereThereIsASession) {
  World online;
  online.at_online();
  online.feed(Stop{});
  EXPECT_EQ(online.count<MqttDisconnect>(), 1U);
  EXPECT_EQ(online.camera.phase(), Phase::off);
  online.lost(Errc::connection_reset);
  EXPECT_TRUE(online.last.empty());
  online.expect_transcript("stop_online");

  World early;
  early.to(Stage::config);
  early.feed(Stop{});
  EXPECT_EQ(early.count<MqttDisconnect>(), 0U);
  EXPECT_EQ(early.count<DropConnections>(), 1U);
}

TEST(Path, CommandsAreAnswered) {
  World w;
  w.at_online();
  w.command(R"({"request_id":"1","command":"ping"})"), w.puback();
  w.command(R"({"request_id":"2","command":"get_status","parameters":{},"new":1})"), w.puback();
  w.command(R"({"request_id":"3","command":"fly"})"), w.puback();
  w.command("{\"request_id\":"), w.puback();
  w.feed(MqttMessage{w.newest<MqttConnect>().id, "cmd/v1/other/req", R"({"request_id":"4","command":"ping"})"});
  EXPECT_TRUE(w.last.empty());
  EXPECT_EQ(w.camera.phase(), Phase::online);
  w.expect_transcript("commands");
}

TEST(Path, RebootAnswersFirstAndComesBackWarm) {
  World w;
  w.at_online();
  w.command(R"({"request_id":"r","command":"reboot"})");
  EXPECT_EQ(w.count<MqttDisconnect>(), 0U);  // not before the broker has the answer
  w.puback();
  EXPECT_TRUE(w.is_in(Stage::attach));
  w.expect_transcript("reboot");
  w.to_online();
  EXPECT_EQ(w.emitted<journal::PowerOn>().back().boot, 2U);
  EXPECT_TRUE(w.emitted<journal::CameraOnline>().back().warm);
}

TEST(Path, ACameraIsSmallAndForgetsItsSecretsOnceOnline) {
  EXPECT_LE(sizeof(Camera), 768U);
  World w;
  w.to_online();
  w.lost(Errc::connection_reset);
  w.timer();
  EXPECT_EQ(w.camera.phase(), Phase::loading);  // it has to read the store again
}

}  // namespace
}  // namespace firstlight::sim
