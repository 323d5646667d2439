// Every defect makes a camera behave otherwise than docs/camera-policy.md says, and exactly as its sentence says: each
// story is told by the same steps to a camera without the defect and to one with it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "world.hpp"

namespace firstlight::sim {
namespace {

using journal::Stage;
using Phase = Camera::Phase;

/// What a story looks at: true for the camera that does right, false for the one with the defect.
using Story = std::function<bool(World&)>;

struct Case {
  Defect defect;
  Story does_right;
  std::function<void(CameraConfig&)> settings = [](CameraConfig&) {};
  int line = __builtin_LINE();
};

bool accepted(World& w, const std::string& token) {
  w.to(Stage::endorse);
  w.token(token);
  if (w.camera.phase() == Phase::in_stage && w.camera.stage() == Stage::verify) w.key();
  return w.camera.stage() == Stage::config;
}
std::string changed(World& w, const std::function<void(wire::TokenClaims&)>& change) {
  auto claims = claims_at(w.wall());
  change(claims);
  return sign(claims);
}
/// A token whose header and signature are not of wire::sign_token's making.
std::string handmade(World& w, const std::string& algorithm,
                     const std::function<std::string(const std::string&)>& seal) {
  const auto header = nlohmann::json{{"kid", kKid}, {"alg", algorithm}}.dump();
  const auto input = base64url_encode(as_bytes(header)) + "." +
                     base64url_encode(as_bytes(wire::format_token_claims(claims_at(w.wall()))));
  return input + "." + seal(input);
}
std::string hmac(const std::string& input) {
  const auto& m = Materials::get();
  std::string sum(32, '\0');
  std::size_t size = 0;
  EXPECT_NE(
      EVP_Q_mac(m.crypto.lib(), "HMAC", nullptr, "SHA256", nullptr, m.token_key_pem.data(), m.token_key_pem.size(),
                as_bytes(input).data(), input.size(), reinterpret_cast<unsigned char*>(sum.data()), sum.size(), &size),
      nullptr);
  return base64url_encode(as_bytes(sum));
}
std::string funk_token(World& w) {
  auto claims = nlohmann::json::parse(wire::format_token_claims(claims_at(w.wall())));
  claims["aud"] = "srn:soracom:OP0000000000:jp:Subscriber:440101234567890";
  claims["sub"] = "funk.soracom.io";
  claims.erase("exp"), claims.erase("soracom-endorse-claim");
  const auto& m = Materials::get();
  return wire::sign_token(m.crypto, wire::format_token_header(KeyId(kKid)), claims.dump(), m.token_key.get());
}

std::vector<Micros> waits(World& w, int failures) {
  std::vector<Micros> all;
  w.to(Stage::endorse);
  for (int i = 0; i < failures; ++i) {
    w.https_fails(Errc::connect_refused);
    if (w.camera.phase() != Phase::waiting) return all;
    all.push_back(w.newest<StartTimer>().delay);
    w.timer();
  }
  return all;
}
bool any_above(const std::vector<Micros>& all, Micros limit) {
  return std::any_of(all.begin(), all.end(), [&](Micros d) { return d > limit; });
}
bool config_is_refused(World& w, const nlohmann::ordered_json& document) {
  w.to(Stage::config);
  w.configuration(document);
  return w.camera.phase() == Phase::waiting;
}
std::string everything_said(const World& w) {
  std::string all;
  for (const auto& action : w.all) {
    if (const auto* p = std::get_if<MqttPublish>(&action)) all += p->payload + "\n";
    if (const auto* l = std::get_if<Log>(&action)) all += l->text + "\n";
    if (const auto* g = std::get_if<HttpsGet>(&action)) all += g->url + "\n";
  }
  return all;
}
bool says_no(World& w, const char* secret) {
  w.to_online();
  return everything_said(w).find(secret) == std::string::npos;
}
void reboot_with(World& w, result<std::string> store) {
  w.feed(PowerCut{}), w.feed(PowerOn{w.mono}, 1s), w.attach();
  if (w.camera.phase() == Phase::loading) w.load(std::move(store));
}
void redirect(World& w, const std::string& to) {
  HttpReply r;
  r.status = 302;
  r.location = to;
  w.feed(HttpsDone{w.newest<HttpsGet>().id, r, {}});
}

nlohmann::ordered_json expired_config() {
  return config_document(Materials::get().device_pem({kToday - 48h, kToday - 1h}));
}
nlohmann::ordered_json mismatched_config() {
  auto document = config_document();
  document["certificates"]["private_key_pem"] = wire::private_key_pem(Materials::get().ca_key.get());
  return document;
}

// Over real handshakes, in trust_io_test.cpp.
const std::set<Defect> kShownElsewhere{Defect::no_server_name_check, Defect::no_chain_check,
                                       Defect::ignore_server_expiry};

std::vector<Case> cases() {
  const auto short_cap = [](CameraConfig& c) { c.retry.cap = 4s; };
  const auto refuses = [](auto change) { return [change](World& w) { return !accepted(w, changed(w, change)); }; };
  return {
      {Defect::accept_any_signature,
       [](World& w) { return !accepted(w, sign(claims_at(w.wall()), Materials::get().other_token_key.get())); }},
      {Defect::skip_issuer, refuses([](auto& c) { c.issuer = "https://x"; })},
      {Defect::skip_audience, refuses([](auto& c) { c.audience = "x"; })},
      {Defect::skip_subject, refuses([](auto& c) { c.subject = "x"; })},
      {Defect::accept_funk_token, [](World& w) { return !accepted(w, funk_token(w)); }},
      {Defect::ignore_token_expiry, refuses([](auto& c) { c.expires_at = c.issued_at - 60; })},
      {Defect::ignore_not_before, refuses([](auto& c) { c.not_before = c.issued_at += 300; })},
      {Defect::accept_alg_none,
       [](World& w) { return !accepted(w, handmade(w, "none", [](const auto&) { return std::string(); })); }},
      {Defect::accept_hmac_token, [](World& w) { return !accepted(w, handmade(w, "HS256", hmac)); }},
      {Defect::accept_foreign_imsi, refuses([](auto& c) { c.endorse.imsi = Imsi("440109999999999"); })},
      {Defect::unsafe_kid,
       [](World& w) {
         w.to(Stage::endorse);
         w.token(sign(claims_at(w.wall()), Materials::get().token_key.get(), "../../etc/passwd"));
         return w.newest<HttpsGet>().service == Service::endorse;
       }},
      {Defect::no_leeway, [](World& w) { return accepted(w, changed(w, [](auto& c) { c.not_before += 70; })); }},
      {Defect::reuse_expired_token,
       [](World& w) {
         w.to(Stage::config);
         w.reply(503, "", "600"), w.timer();
         return w.newest<HttpsGet>().service == Service::endorse;
       }},
      {Defect::trust_first_clock,
       [](World& w) {
         w.to(Stage::endorse);
         return unix_seconds(w.newest<HttpsGet>().clock) > 1'000'000;
       },
       [](CameraConfig& c) { c.clock.start = from_unix_seconds(0); }},
      // waits
      {Defect::no_backoff, [](World& w) { return any_above(waits(w, 6), 20ms); }},
      {Defect::constant_backoff, [](World& w) { return any_above(waits(w, 10), 500ms); }},
      {Defect::linear_backoff, [](World& w) { return any_above(waits(w, 10), 5s); }},
      {Defect::no_jitter,
       [](World& w) {
         const auto all = waits(w, 3);
         return all != std::vector<Micros>{500ms, 1s, 2s};
       }},
      {Defect::unseeded_jitter,
       [](World& w) {
         World other(*w.config, 4);
         return waits(w, 4) != waits(other, 4);
       }},
      {Defect::jitter_after_cap, [](World& w) { return !any_above(waits(w, 12), 4s); }, short_cap},
      {Defect::reset_backoff_on_connack,
       [](World& w) {
         w.to(Stage::mqtt_connect);
         w.connack(Error(Errc::connect_refused), false), w.timer();
         w.connack(), w.lost(Errc::connection_reset);
         return w.emitted<journal::RetryScheduled>().back().failures == 2;
       }},
      {Defect::never_give_up,
       [](World& w) {
         waits(w, 25);
         return w.camera.phase() == Phase::gave_up;
       }},
      {Defect::no_retry, [](World& w) { return waits(w, 1).size() == 1; }},
      {Defect::ignore_retry_after,
       [](World& w) {
         w.to(Stage::config);
         w.reply(429, "", "7");
         return w.newest<StartTimer>().delay >= 7s;
       }},
      {Defect::retry_401_forever,
       [](World& w) {
         w.to(Stage::config);
         w.reply(401), w.timer();
         return w.newest<HttpsGet>().service == Service::endorse;
       }},
      {Defect::short_wait_on_403,
       [](World& w) {
         w.to(Stage::config);
         w.reply(403);
         return w.newest<StartTimer>().delay >= 30s;
       }},
      {Defect::retry_4xx_forever,
       [](World& w) {
         w.to(Stage::config);
         w.reply(404);
         return w.camera.phase() == Phase::gave_up;
       }},
      {Defect::impatient, [](World& w) { return w.config->limits.handshake >= 1s && w.config->limits.ack >= 1s; }},
      {Defect::no_timeouts, [](World& w) { return w.config->limits.connect < 1h && w.config->limits.exchange < 1h; }},
      {Defect::no_ack_timeout, [](World& w) { return w.config->limits.ack < 1h && w.config->limits.connack < 1h; }},
      // HTTP and the configuration
      {Defect::token_in_url,
       [](World& w) {
         w.to(Stage::config);
         return w.newest<HttpsGet>().url == w.config->config_url;
       }},
      {Defect::follow_redirects,
       [](World& w) {
         w.to(Stage::config);
         redirect(w, "https://elsewhere.example/x");
         return w.camera.phase() == Phase::waiting && w.newest<HttpsGet>().url == w.config->config_url;
       }},
      {Defect::accept_html_config,
       [](World& w) {
         w.to(Stage::config);
         w.reply(200, "<html>Please log in</html>");
         return w.camera.phase() == Phase::waiting;
       }},
      {Defect::accept_partial_config,
       [](World& w) {
         auto document = config_document();
         document["mqtt_config"].erase("client_id");
         return config_is_refused(w, document);
       }},
      {Defect::accept_key_mismatch, [](World& w) { return config_is_refused(w, mismatched_config()); }},
      {Defect::ignore_certificate_expiry, [](World& w) { return config_is_refused(w, expired_config()); }},
      // the store
      {Defect::torn_store,
       [](World& w) {
         w.to_online();
         EXPECT_EQ(w.newest<StoreSave>().how == SaveHow::in_place, w.config->defects.has(Defect::torn_store));
         reboot_with(w, Error(Errc::store_corrupt, "torn"));
         return w.camera.stage() == Stage::endorse;
       }},
      {Defect::no_store_check,
       [](World& w) {
         w.power_on(), w.attach();
         EXPECT_EQ(w.newest<StoreLoad>().check == StoreCheck::none, w.config->defects.has(Defect::no_store_check));
         w.load(stored_document(mismatched_config()));
         return w.camera.stage() == Stage::endorse;
       }},
      {Defect::never_store,
       [](World& w) {
         w.power_on(), w.attach();
         return w.camera.phase() == Phase::loading;
       }},
      {Defect::reprovision_every_boot,
       [](World& w) {
         w.power_on(), w.attach();
         return w.camera.phase() == Phase::loading;
       }},
      {Defect::keep_config_of_old_sim,
       [](World& w) {
         w.to_online();
         w.feed(PowerCut{}), w.feed(SimChanged{Imsi("440200010000003")});
         w.feed(PowerOn{w.mono}, 1s), w.attach(), w.load(stored_document());
         return w.camera.stage() == Stage::endorse;
       }},
      {Defect::keep_old_certificate,
       [](World& w) {
         w.to(Stage::mqtt_connect);
         for (int i = 0; i < 4 && w.camera.stage() == Stage::mqtt_connect; ++i) {
           w.connack(Error(Errc::tls_alert, "certificate revoked (44)")), w.timer();
         }
         return w.camera.stage() == Stage::endorse;
       }},
      // MQTT
      {Defect::shared_client_id,
       [](World& w) {
         w.to(Stage::mqtt_connect);
         return w.newest<MqttConnect>().packet.client_id == kDevice;
       }},
      {Defect::publish_before_suback,
       [](World& w) {
         w.to(Stage::subscribe);
         return w.count<MqttPublish>() == 0;
       }},
      {Defect::skip_subscribe,
       [](World& w) {
         w.to(Stage::mqtt_connect), w.connack();
         return w.count<MqttSubscribe>() == 1;
       }},
      {Defect::ignore_suback,
       [](World& w) {
         w.to(Stage::subscribe);
         w.suback(std::uint8_t{0x80});
         return w.camera.phase() == Phase::waiting;
       }},
      {Defect::qos0_status,
       [](World& w) {
         w.to(Stage::status);
         return w.newest<MqttPublish>().qos == 1;
       }},
      {Defect::no_keepalive,
       [](World& w) {
         w.to(Stage::mqtt_connect);
         return w.newest<MqttConnect>().packet.keep_alive_seconds == 60;
       }},
      {Defect::never_reconnect,
       [](World& w) {
         w.to_online();
         w.lost(Errc::connection_reset);
         return w.camera.phase() == Phase::waiting;
       }},
      // secrets
      {Defect::logs_private_key, [](World& w) { return says_no(w, "PRIVATE KEY"); }},
      {Defect::logs_token, [](World& w) { return says_no(w, "eyJ"); }},
      {Defect::publishes_token, [](World& w) { return says_no(w, "eyJ"); }},
  };
}

class Defective : public testing::TestWithParam<Case> {};

TEST_P(Defective, BehavesOtherwiseThanASoundCamera) {
  const auto& c = GetParam();
  SCOPED_TRACE(c.line);
  auto config = World::default_config();
  c.settings(config);
  World sound(config);
  EXPECT_TRUE(c.does_right(sound)) << "the sound camera\n" << sound.transcript;
  sound.expect_same_on_replay();
  config.defects = c.defect;
  World defective(config);
  EXPECT_FALSE(c.does_right(defective)) << "the defective camera\n" << defective.transcript;
}

/// A defect is one bug and no more: on the good path the camera comes online all the same.
TEST_P(Defective, ComesOnlineWhenNothingGoesWrong) {
  auto config = World::default_config();
  config.defects = GetParam().defect;
  World w(config);
  w.to_online();
}

INSTANTIATE_TEST_SUITE_P(Each, Defective, testing::ValuesIn(cases()), [](const auto& p) {
  std::string name(fault::defect_name(p.param.defect));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// What docs/firmware-defects.md says: defects are in one place, and the state machine asks for none of them.
TEST(Defects, OnlyTheirSeamsAskForThem) {
  std::string seams;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(FIRSTLIGHT_SOURCE_DIR) + "/sim")) {
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    if (entry.path().filename().string().starts_with("defects"))
      seams += text.str();
    else
      EXPECT_EQ(text.str().find("Defect::"), std::string::npos) << entry.path();
  }
#define X(id, name, row, summary, cause, caught_by) \
  EXPECT_NE(seams.find("Defect::" #id ")"), std::string::npos) << (name);
#include "fault/defect_list.def"
#undef X
}

TEST(Defects, EachHasItsStory) {
  std::set<Defect> told = kShownElsewhere;
  for (const auto& c : cases()) EXPECT_TRUE(told.insert(c.defect).second) << fault::defect_name(c.defect);
  for (const auto& d : fault::all_defects()) EXPECT_TRUE(told.contains(d.defect)) << d.name;
}

TEST(Defects, TheDocumentHasTheSameNamesAndSentences) {
  std::ifstream file(std::string(FIRSTLIGHT_SOURCE_DIR) + "/docs/firmware-defects.md");
  std::set<std::string> documented;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `")) documented.insert(line);
  for (const auto& d : fault::all_defects()) {
    const auto start =
        fmt::format("| `{}` | {} | {} |", d.name, d.summary,
                    d.row.find(' ') == d.row.npos && d.row[0] > 'Z' ? fmt::format("`{}`", d.row) : std::string(d.row));
    const auto found = std::find_if(documented.begin(), documented.end(),
                                    [&](const std::string& line) { return line.starts_with(start); });
    EXPECT_NE(found, documented.end()) << start;
  }
  EXPECT_EQ(documented.size(), fault::all_defects().size());
}

TEST(Defects, RowsAreOfThePolicy) {
  std::ifstream file(std::string(FIRSTLIGHT_SOURCE_DIR) + "/docs/camera-policy.md");
  std::stringstream policy;
  policy << file.rdbuf();
  for (const auto& d : fault::all_defects()) {
    const std::string row(d.row);
    const bool known = policy.str().find("\n| `" + row + "` |") != std::string::npos ||
                       policy.str().find("\n## " + row + "\n") != std::string::npos;
    EXPECT_TRUE(known) << d.name << ": " << row;
    EXPECT_EQ(fault::find_defect(d.name), d.defect);
  }
  EXPECT_EQ(fault::find_defect("none"), std::nullopt);
}

}  // namespace
}  // namespace firstlight::sim
