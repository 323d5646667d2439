// The failure table of docs/camera-policy.md, row by row: one transcript a row.
#include <algorithm>
#include <functional>

#include "sim/backoff.hpp"
#include "world.hpp"

namespace firstlight::sim {
namespace {

using journal::Stage;
using Phase = Camera::Phase;

std::vector<journal::RetryScheduled> retries(const World& w) {
  return w.emitted<journal::RetryScheduled>();
}

// -- attach -------------------------------------------------------------------------------------------------------

TEST(Failure, AttachRejectedForNowIsTriedAgain) {
  World w;
  w.at(Stage::attach);
  w.feed(AttachDone{w.newest<Attach>().id, Error(Errc::attach_rejected)});
  w.timer();
  EXPECT_TRUE(w.is_in(Stage::attach));
  w.expect_transcript("row_attach-rejected");
  w.to_online();
}

TEST(Failure, AttachBarredGivesUp) {
  World w;
  w.at(Stage::attach);
  w.feed(AttachDone{w.newest<Attach>().id, Error(Errc::attach_barred)});
  EXPECT_EQ(w.camera.phase(), Phase::gave_up);
  EXPECT_EQ(w.count<StartTimer>(), 0U);
  w.expect_transcript("row_attach-barred");
}

// -- HTTPS --------------------------------------------------------------------------------------------------------

TEST(Failure, TransportRetriesTheSameStage) {
  const std::pair<Stage, std::vector<Errc>> stages[] = {
      {Stage::endorse, {Errc::connect_refused, Errc::connect_timeout}},
      {Stage::verify, {Errc::http_timeout}},  // the token is kept
      {Stage::config, {Errc::connection_reset}},
  };
  std::string transcript;
  for (const auto& [stage, errors] : stages) {
    World w;
    w.at(stage);
    for (const auto error : errors) w.https_fails(error), w.timer();
    EXPECT_TRUE(w.is_in(stage));
    EXPECT_EQ(w.newest<HttpsGet>().bearer.empty(), stage != Stage::config);
    transcript += w.transcript;
    w.to_online();
    w.expect_same_on_replay();
  }
  expect_golden("row_transport", transcript);
}

TEST(Failure, UntrustedServerIsNeverTalkedTo) {
  std::string transcript;
  for (const auto stage : {Stage::endorse, Stage::verify, Stage::config}) {
    World w;
    w.at(stage);
    w.https_fails({Errc::tls_peer_untrusted, "certificate has expired"}), w.timer();
    EXPECT_TRUE(w.is_in(stage));
    transcript += w.transcript;
    w.to_online();
    w.expect_same_on_replay();
  }
  World w;
  w.at(Stage::mqtt_connect);
  for (int i = 0; i < 4; ++i) w.connack(Error(Errc::tls_peer_untrusted, "unknown CA"), false), w.timer();
  EXPECT_EQ(w.count<StoreDiscard>(), 0U);  // no reason to doubt the own identity
  EXPECT_TRUE(w.is_in(Stage::mqtt_connect));
  w.expect_same_on_replay();
  expect_golden("row_untrusted", transcript + w.transcript);
}

TEST(Failure, AnswerThatIsNotOne) {
  World w;
  w.at(Stage::endorse);
  w.reply(200, "<html>"), w.timer();
  w.reply(200, R"({"token":5})"), w.timer();
  w.https_fails(Errc::http_malformed), w.timer();
  w.https_fails(Errc::http_too_large), w.timer();
  EXPECT_TRUE(w.is_in(Stage::endorse));
  w.expect_transcript("row_answer");
  w.to_online();
}

TEST(Failure, UnauthorizedGetsANewTokenWithinBounds) {
  World w;
  const auto& policy = w.config->retry;
  std::string transcript;
  for (std::uint32_t i = 0; i < policy.unauthorized_limit; ++i) {
    w.at(Stage::config);
    w.reply(401);
    EXPECT_LE(w.newest<StartTimer>().delay, full_jitter(policy, i + 1, 1.0));
    w.timer();
    EXPECT_EQ(w.newest<HttpsGet>().service, Service::endorse);
    transcript += w.transcript;
  }
  w.at(Stage::config);
  w.reply(401);
  EXPECT_GE(w.newest<StartTimer>().delay, policy.forbidden / 2);
  w.expect_same_on_replay();
  expect_golden("row_http-401", transcript + w.transcript);
}

TEST(Failure, ForbiddenWaitsLong) {
  World w;
  w.at(Stage::config);
  w.reply(403);
  EXPECT_GE(w.newest<StartTimer>().delay, w.config->retry.forbidden / 2);
  EXPECT_LE(w.newest<StartTimer>().delay, w.config->retry.forbidden);
  w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().service, Service::endorse);  // the token would be old by now
  w.reply(403);
  EXPECT_GE(w.newest<StartTimer>().delay, w.config->retry.forbidden / 2);
  w.expect_transcript("row_http-403");
}

TEST(Failure, BusyHonoursRetryAfter) {
  World w;
  w.at(Stage::config);
  w.reply(429, "", "7");
  EXPECT_GE(w.newest<StartTimer>().delay, 7s);
  EXPECT_LE(w.newest<StartTimer>().delay, 7s + w.config->retry.base);
  w.timer();
  w.reply(503, "", "86400");
  EXPECT_GE(w.newest<StartTimer>().delay, w.config->retry.retry_after_cap);
  EXPECT_LE(w.newest<StartTimer>().delay, w.config->retry.retry_after_cap + 2 * w.config->retry.base);
  World plain;
  plain.to(Stage::endorse);
  plain.reply(503);
  EXPECT_LE(plain.newest<StartTimer>().delay, plain.config->retry.base);
  w.expect_transcript("row_http-busy");
}

TEST(Failure, TokenThatExpiresWhileWaitingIsFetchedAnew) {
  World w;
  w.to(Stage::config);
  w.reply(503, "", "600");
  w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().service, Service::endorse);
}

TEST(Failure, OtherClientErrorGivesUp) {
  World w;
  w.at(Stage::config);
  w.reply(404);
  EXPECT_EQ(w.camera.phase(), Phase::gave_up);
  w.expect_transcript("row_http-4xx");
}

TEST(Failure, ServerErrorAndRedirectAreRetried) {
  World w;
  w.at(Stage::config);
  w.reply(500), w.timer();
  w.reply(302), w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().url, w.config->config_url);
  w.expect_transcript("row_http-5xx");
  w.to_online();
}

// -- token --------------------------------------------------------------------------------------------------------

struct BadToken {
  const char* name;
  std::string error;
  std::function<std::string(WallTime)> make;
};
class TokenDefect : public testing::TestWithParam<BadToken> {};

TEST_P(TokenDefect, IsRejectedAndANewOneFetched) {
  World w;
  w.to(Stage::endorse);
  w.token(GetParam().make(w.wall()));
  if (w.camera.phase() == Phase::in_stage) w.key();
  EXPECT_EQ(w.emitted<journal::StageEnded>().back().error, GetParam().error);
  EXPECT_EQ(w.camera.phase(), Phase::waiting);
  w.timer();
  ASSERT_EQ(w.newest<HttpsGet>().service, Service::endorse);
  w.token(), w.key();
  EXPECT_EQ(w.camera.stage(), Stage::config);
  for (const auto& a : w.all) {
    const auto* get = std::get_if<HttpsGet>(&a);
    if (get != nullptr) {
      EXPECT_NE(get->bearer.empty(), get->service == Service::config_api);
    }
  }
  w.expect_same_on_replay();
}

std::string changed(WallTime now, const std::function<void(wire::TokenClaims&)>& change) {
  auto claims = claims_at(now);
  change(claims);
  return sign(claims);
}

INSTANTIATE_TEST_SUITE_P(
    Each, TokenDefect,
    testing::Values(
        BadToken{"other_key", "token-signature",
                 [](WallTime when) { return sign(claims_at(when), Materials::get().other_token_key.get()); }},
        BadToken{
            "key_id_path", "token-key-id-invalid",
            [](WallTime when) { return sign(claims_at(when), Materials::get().token_key.get(), "../../etc/passwd"); }},
        BadToken{"key_id_url", "token-key-id-invalid",
                 [](WallTime when) {
                   return sign(claims_at(when), Materials::get().token_key.get(), "https://evil.example/k");
                 }},
        BadToken{"expired", "token-expired",
                 [](WallTime when) { return changed(when, [](auto& c) { c.expires_at = c.issued_at - 60; }); }},
        BadToken{"not_yet", "token-not-yet-valid",
                 [](WallTime when) { return changed(when, [](auto& c) { c.not_before = c.issued_at + 300; }); }},
        BadToken{"issued_in_future", "token-issued-in-future",
                 [](WallTime when) { return changed(when, [](auto& c) { c.issued_at += 300; }); }},
        BadToken{"issuer", "token-issuer",
                 [](WallTime when) { return changed(when, [](auto& c) { c.issuer = "https://x"; }); }},
        BadToken{"audience", "token-audience",
                 [](WallTime when) { return changed(when, [](auto& c) { c.audience = "x"; }); }},
        BadToken{"subject", "token-subject",
                 [](WallTime when) { return changed(when, [](auto& c) { c.subject = "soracom-funk"; }); }},
        BadToken{
            "foreign_sim", "token-foreign-sim",
            [](WallTime when) { return changed(when, [](auto& c) { c.endorse.imsi = Imsi("440109999999999"); }); }},
        BadToken{"no_imsi", "token-claim-missing",
                 [](WallTime when) {
                   return changed(when, [](auto& c) {
                     c.endorse.imsi.reset();
                     c.endorse.imei = Imei("490154203237518");
                   });
                 }},
        BadToken{"not_a_jws", "token-malformed", [](WallTime) { return std::string("abc"); }}),
    [](const auto& p) { return std::string(p.param.name); });

// A flip in the last character may touch only unused bits of the encoding: then it is malformed, and as good as wrong.
TEST(Token, OneFlippedBitInAnyPartIsNoticed) {
  World reference;
  reference.to(Stage::endorse);
  const auto good = sign(claims_at(reference.wall()));
  for (std::size_t at = 0; at < good.size(); at += 7) {
    for (const int bit : {0, 1, 4}) {
      auto bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      if (bad[at] < ' ' || bad[at] == '"' || bad[at] == '\\' || bad[at] > '~') continue;
      World w;
      w.to(Stage::endorse);
      w.token(bad);
      if (w.camera.phase() == Phase::in_stage) w.key();
      EXPECT_EQ(w.camera.phase(), Phase::waiting) << "bit " << bit << " of byte " << at;
      EXPECT_EQ(w.camera.stage(), Stage::verify);
    }
  }
}

TEST(Token, FlippedSignatureTranscript) {
  World w;
  w.at(Stage::endorse);
  auto token = sign(claims_at(w.wall()));
  token[token.size() - 20] = token[token.size() - 20] == 'A' ? 'B' : 'A';
  w.token(token);
  w.at(Stage::verify), w.key(), w.timer();
  w.expect_transcript("row_token");
  w.to_online();
}

TEST(Token, UnknownKeyIsAskedForOnceThenRejected) {
  World w;
  w.at(Stage::verify);
  w.reply(403);
  EXPECT_EQ(w.emitted<journal::StageEnded>().back().error, "token-key-unknown");
  w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().service, Service::endorse);
  w.expect_transcript("row_token_key_unknown");
}

TEST(Token, KeyServiceOutOfOrderIsNotTheTokensFault) {
  World w;
  w.to(Stage::verify);
  w.reply(500), w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().service, Service::keys);
  w.reply(200, "no key"), w.timer();
  EXPECT_EQ(w.newest<HttpsGet>().service, Service::endorse);
}

// -- configuration ------------------------------------------------------------------------------------------------

TEST(Failure, ConfigurationThatCannotBeUsedIsNotKept) {
  World w;
  w.at(Stage::config);
  w.reply(200, "{"), w.timer();
  auto missing = config_document();
  missing["mqtt_config"].erase("client_id");
  w.configuration(missing), w.timer();
  w.configuration(config_document(Materials::get().device_pem({kToday - 48h, kToday - 1h}))), w.timer();
  w.configuration(config_document(Materials::get().device_pem({kToday + 24h, kToday + 48h}))), w.timer();
  auto mismatch = config_document();
  mismatch["certificates"]["private_key_pem"] = wire::private_key_pem(Materials::get().ca_key.get());
  w.configuration(mismatch), w.timer();
  auto garbage = config_document("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  w.configuration(garbage), w.timer();
  auto no_key = config_document();
  no_key["certificates"]["private_key_pem"] = "none";
  w.configuration(no_key), w.timer();
  auto no_ca = config_document();
  no_ca["certificates"]["ca_certificate_pem"] = "none";
  w.configuration(no_ca), w.timer();
  EXPECT_EQ(w.count<StoreSave>(), 0U);
  EXPECT_EQ(retries(w).size(), 8U);
  w.expect_transcript("row_config");
  w.to_online();
  EXPECT_EQ(w.count<StoreSave>(), 1U);
}

TEST(Failure, FullStoreDoesNotStopTheCamera) {
  World w;
  w.at(Stage::store);
  w.saved(Error(Errc::store_full));
  w.expect_transcript("row_store-save");
  w.to_online();
  EXPECT_TRUE(w.emitted<journal::ConfigStored>().empty());
  w.lost(Errc::connection_reset), w.timer();
  EXPECT_TRUE(w.is_in(Stage::mqtt_connect));  // from memory
}

// -- MQTT ---------------------------------------------------------------------------------------------------------

TEST(Failure, RefusedNTimesDiscardsTheConfigurationAndStartsOver) {
  World w;
  w.at(Stage::mqtt_connect);
  w.connack(Error(Errc::tls_alert, "certificate expired (45)")), w.timer();
  w.connack(Error(Errc::connection_closed)), w.timer();  // after the handshake, without a CONNACK
  EXPECT_EQ(w.count<StoreDiscard>(), 0U);
  w.connack(std::uint8_t{5});
  EXPECT_EQ(w.count<StoreDiscard>(), 1U);
  w.timer();
  EXPECT_TRUE(w.is_in(Stage::endorse));
  w.expect_transcript("row_mqtt-refused");
  w.to_online();
}

TEST(Failure, BrokerWithoutRoomIsNoRefusal) {
  World w;
  w.at(Stage::mqtt_connect);
  for (int i = 0; i < 4; ++i) w.connack(std::uint8_t{3}), w.timer();                        // server unavailable
  for (int i = 0; i < 4; ++i) w.connack(Error(Errc::connection_closed), false), w.timer();  // before TLS was done
  for (int i = 0; i < 4; ++i) w.connack(Error(Errc::mqtt_connack_timeout), true), w.timer();
  EXPECT_EQ(w.count<StoreDiscard>(), 0U);
  EXPECT_EQ(w.camera.stage(), Stage::mqtt_connect);
  w.expect_transcript("row_mqtt-failed");
}

TEST(Failure, SubscribeAndStatusThatFailBeginAgainWithConnect) {
  const auto suback_refuses = [](World& w) { w.suback(std::uint8_t{0x80}); };
  const auto puback_refuses = [](World& w) { w.puback(std::uint8_t{0x87}); };
  const auto loses = [](Errc why) { return [why](World& w) { w.lost(why); }; };
  const std::pair<Stage, std::function<void(World&)>> failures[] = {
      {Stage::subscribe, suback_refuses},
      {Stage::subscribe, loses(Errc::mqtt_suback_timeout)},
      {Stage::status, loses(Errc::connection_closed)},
      {Stage::status, puback_refuses}};
  World world;
  std::string transcript;
  for (const auto& [stage, fail] : failures) {
    world.at(stage);
    fail(world), world.timer();
    EXPECT_TRUE(world.is_in(Stage::mqtt_connect));
    transcript += world.transcript;
  }
  EXPECT_EQ(world.count<MqttDisconnect>(), 2U);
  world.expect_same_on_replay();
  expect_golden("subscribe_and_status_fail", transcript);
}

TEST(Failure, LostSessionDoesNotResetTheBackoffUntilItLivedAWhile) {
  World w;
  std::string transcript;
  std::vector<std::uint32_t> failures;
  for (int i = 0; i < 3; ++i) {
    w.at_online();
    w.lost({Errc::mqtt_disconnected, "reason 0x8e"});
    failures.push_back(retries(w).back().failures);
    w.timer();
    transcript += w.transcript;
  }
  w.at_online();
  EXPECT_THAT(failures, testing::ElementsAre(1, 2, 3));
  w.feed(TimerFired{0}, w.config->retry.stable_after);
  w.lost(Errc::connection_reset);
  EXPECT_EQ(retries(w).back().failures, 1U);
  w.expect_same_on_replay();
  expect_golden("row_mqtt-lost", transcript + w.transcript);
}

TEST(Failure, CertificateThatExpiresWhileWaitingIsNotShown) {
  World w;
  w.to(Stage::mqtt_connect);
  w.connack(Error(Errc::connect_refused), false);
  const auto t = w.newest<StartTimer>();
  w.feed(TimerFired{t.id}, 25h);
  EXPECT_EQ(w.camera.stage(), Stage::endorse);
  EXPECT_EQ(w.count<StoreDiscard>(), 1U);
}

// -- retries ------------------------------------------------------------------------------------------------------

TEST(Retry, GivesUpAfterNConsecutiveFailures) {
  auto c = World::default_config();
  c.retry.give_up_after = 3;
  World w(c);
  w.at(Stage::endorse);
  w.https_fails(Errc::connect_refused), w.timer();
  w.https_fails(Errc::connect_refused), w.timer();
  w.https_fails(Errc::connect_refused);
  EXPECT_EQ(w.camera.phase(), Phase::gave_up);
  EXPECT_EQ(w.emitted<journal::CameraGaveUp>().size(), 1U);
  EXPECT_EQ(retries(w).size(), 2U);
  EXPECT_EQ(w.camera.last_error(), Errc::connect_refused);
  w.feed(PowerCut{}), w.power_on();  // only its owner can wake it
  EXPECT_EQ(w.camera.stage(), Stage::attach);
  w.expect_transcript("give_up");
}

TEST(Retry, ZeroNeverGivesUp) {
  auto c = World::default_config();
  c.retry.give_up_after = 0;
  World w(c);
  w.to(Stage::endorse);
  for (int i = 0; i < 100; ++i) w.https_fails(Errc::connect_refused), w.timer();
  EXPECT_EQ(w.camera.phase(), Phase::in_stage);
  EXPECT_LE(w.newest<StartTimer>().delay, c.retry.cap);
}

TEST(Retry, SuccessOfTheStageResetsItsCount) {
  World w;
  w.to(Stage::endorse);
  w.https_fails(Errc::connect_refused), w.timer();
  w.https_fails(Errc::connect_refused), w.timer();
  w.token(), w.key();
  w.reply(500);
  EXPECT_EQ(retries(w).back().failures, 1U);
}

std::vector<std::int64_t> endorse_delays(std::uint64_t seed, bool fail_attach_first) {
  auto c = World::default_config();
  c.seed = seed;
  World w(c);
  w.power_on();
  if (fail_attach_first) w.feed(AttachDone{w.newest<Attach>().id, Error(Errc::attach_rejected)}), w.timer();
  w.attach(), w.load();
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 8; ++i) {
    w.https_fails(Errc::connect_refused);
    delays.push_back(w.newest<StartTimer>().delay.count());
    w.timer();
  }
  return delays;
}

TEST(Retry, DrawsDependOnSeedCameraAndTryAlone) {
  EXPECT_EQ(endorse_delays(7, false), endorse_delays(7, false));
  EXPECT_EQ(endorse_delays(7, false), endorse_delays(7, true));
  EXPECT_NE(endorse_delays(7, false), endorse_delays(8, false));
}

}  // namespace
}  // namespace firstlight::sim
