// A camera under test with a world of its own: a virtual clock, real keys and certificates, and a transcript of all
// that went in and came out since a named state. Used by the tests of this folder.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "journal/journal.hpp"
#include "sim/camera.hpp"
#include "sim/openssl_verifier.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"
#include "world_text.hpp"

namespace firstlight::sim {

using namespace std::chrono_literals;

inline const WallTime kToday = from_unix_seconds(1764000000);  // 2025-11-24T16:00:00Z
inline const std::string kKid = "v1-0123456789abcdef0123456789abcdef-x509.pem";
inline const Imsi kImsi("440101234567890");
inline constexpr std::string_view kDevice = "7CDDDEADBEEF";

/// Keys are costly: made once a program.
struct Materials {
  CryptoContext crypto;
  PkeyPtr token_key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
  PkeyPtr other_token_key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
  std::string token_key_pem = wire::public_key_pem(token_key.get());
  PkeyPtr ca_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  PkeyPtr device_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  X509Ptr ca = issue({{"CN", "ca"}}, wire::CertificateUsage::authority, {kToday - 24h, kToday + 240h}, ca_key.get());
  std::string ca_pem = wire::certificate_pem(ca.get());
  std::string device_key_pem = wire::private_key_pem(device_key.get());

  std::string device_pem(wire::Validity validity = {kToday - 1h, kToday + 24h}) {
    const auto made = issue({{"CN", "d"}}, wire::CertificateUsage::client, validity, device_key.get());
    return wire::certificate_pem(made.get());
  }
  static Materials& get() {
    static Materials m;
    return m;
  }

 private:
  X509Ptr issue(wire::Name name, wire::CertificateUsage usage, wire::Validity validity, EVP_PKEY* key) {
    wire::CertificateRequest request;
    request.subject = std::move(name);
    request.usage = usage;
    request.validity = validity;
    return wire::issue_certificate(crypto, request, key, ca.get(), ca_key.get());
  }
};

inline wire::TokenClaims claims_at(WallTime now) {
  wire::TokenClaims c;
  c.issued_at = unix_seconds(now);
  c.not_before = c.issued_at - 60;
  c.expires_at = c.issued_at + 600;
  c.token_id = "AAAAAAAAAAAAAAAAAAAAAA";
  c.endorse.imsi = kImsi;
  return c;
}
inline std::string sign(const wire::TokenClaims& claims, EVP_PKEY* key = Materials::get().token_key.get(),
                        const std::string& kid = kKid) {
  return wire::sign_token(Materials::get().crypto, wire::format_token_header(KeyId(kid)),
                          wire::format_token_claims(claims), key);
}

inline nlohmann::ordered_json config_document(const std::string& certificate_pem = Materials::get().device_pem()) {
  const std::string id(kDevice);
  return {{"device_id", id},
          {"certificates",
           {{"certificate_id", std::string(64, 'a')},
            {"certificate_pem", certificate_pem},
            {"private_key_pem", Materials::get().device_key_pem},
            {"ca_certificate_pem", Materials::get().ca_pem},
            {"not_before", "2025-11-24T15:00:00Z"},
            {"not_after", "2025-11-25T16:00:00Z"}}},
          {"mqtt_config",
           {{"endpoint", "mqtt.example"},
            {"port", 8883},
            {"client_id", id},
            {"keep_alive_seconds", 60},
            {"clean_session", true},
            {"topics",
             {{"command_request", "cmd/v1/" + id + "/req"},
              {"command_response", "cmd/v1/" + id + "/res"},
              {"status", "dt/v1/" + id + "/status"}}}}},
          {"recording", {{"mode", "motion"}}},
          {"telemetry", {{"status_interval_seconds", 0}}}};
}

/// What the store holds when that configuration was saved for that SIM.
inline std::string stored_document(nlohmann::ordered_json document = config_document(), const Imsi& imsi = kImsi) {
  document["imsi"] = imsi.value();
  return document.dump();
}

/// FIRSTLIGHT_UPDATE_TRANSCRIPTS=1 writes the file.
inline void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::string(FIRSTLIGHT_SOURCE_DIR) + "/tests/unit/sim/transcripts/" + name + ".txt";
  if (std::getenv("FIRSTLIGHT_UPDATE_TRANSCRIPTS") != nullptr) std::ofstream(path) << text;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str()) << path;
}

class World {
 public:
  static constexpr std::chrono::nanoseconds kStep = 10ms;  // between one thing and the next, unless told
  explicit World(CameraConfig c = default_config(), std::uint32_t number = 3)
      : config(std::make_shared<const CameraConfig>(with_defects(std::move(c)))), id(number) {}

  static CameraConfig default_config() {
    CameraConfig c;
    c.seed = 7;
    c.endorse_url = "https://endorse.example/";
    c.keys_url = "https://keys.example/k";
    c.config_url = "https://config.example/v1/me";
    c.ca_pem = Materials::get().ca_pem;
    return c;
  }

  std::shared_ptr<const CameraConfig> config;
  OpensslVerifier verifier{Materials::get().crypto};
  CameraId id;
  Camera camera{config, {id, kImsi}, verifier};
  std::chrono::nanoseconds mono{0};
  std::chrono::nanoseconds step = kStep;
  std::string transcript;
  std::vector<Action> last;  // of the last step
  std::vector<Action> all;   // since the beginning
  std::vector<Input> inputs;

  [[nodiscard]] WallTime wall() const { return kToday + std::chrono::duration_cast<std::chrono::milliseconds>(mono); }

  void feed(Event event) { feed(std::move(event), step); }
  void feed(Event event, std::chrono::nanoseconds later) {
    mono += later;
    inputs.push_back({{mono, wall()}, std::move(event)});
    note(fmt::format("{:>10.3f} < {}", std::chrono::duration<double>(mono).count(),
                     std::visit(InputText{}, inputs.back().event)));
    last = camera.step(inputs.back());
    for (const auto& action : last) note("           > " + std::visit(ActionText{}, action));
    all.insert(all.end(), last.begin(), last.end());
  }

  /// The newest action of a kind, ever; a test failure when there is none.
  template <class A>
  const A& newest() const {
    for (auto at = all.rbegin(); at != all.rend(); ++at)
      if (const auto* a = std::get_if<A>(&*at)) return *a;
    ADD_FAILURE() << "no such action\n" << transcript;
    std::abort();
  }
  template <class A>
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const auto& a : all) n += std::holds_alternative<A>(a) ? 1 : 0;
    return n;
  }
  template <class P>
  [[nodiscard]] std::vector<P> emitted() const {
    std::vector<P> found;
    for (const auto& a : all)
      if (const auto* e = std::get_if<Emit>(&a))
        if (const auto* p = std::get_if<P>(&e->payload)) found.push_back(*p);
    return found;
  }

  // One thing that goes well, each.
  void power_on(std::chrono::nanoseconds later = 0ms) { feed(PowerOn{mono}, later); }
  void attach() { feed(AttachDone{newest<Attach>().id, {}}); }
  /// What was saved last, if nobody discarded it.
  [[nodiscard]] result<std::string> stored() const {
    result<std::string> content = Error(Errc::store_empty);
    for (const auto& action : all) {
      if (const auto* save = std::get_if<StoreSave>(&action)) content = save->content.reveal();
      if (std::holds_alternative<StoreDiscard>(action)) content = Error(Errc::store_empty);
    }
    return content;
  }
  void load(result<std::string> content = Error(Errc::store_empty)) {
    feed(StoreLoaded{newest<StoreLoad>().id, std::move(content)});
  }
  void reply(unsigned status, std::string body = {}, std::optional<std::string> retry_after = {}) {
    HttpReply r;
    r.status = status;
    r.body = std::move(body);
    r.retry_after = std::move(retry_after);
    feed(HttpsDone{newest<HttpsGet>().id, std::move(r), {100us, 2ms, 3ms}});
  }
  void https_fails(Error why) { feed(HttpsDone{newest<HttpsGet>().id, std::move(why), {100us, 0us, 0us}}); }
  void token(const std::string& token) { reply(200, nlohmann::json{{"token", token}}.dump()); }
  void token() { token(sign(claims_at(wall()))); }
  void key() { reply(200, Materials::get().token_key_pem); }
  void configuration(const nlohmann::ordered_json& document = config_document()) { reply(200, document.dump()); }
  void saved(result<void> outcome = {}) { feed(StoreSaved{newest<StoreSave>().id, std::move(outcome)}); }
  void connack(result<std::uint8_t> code = std::uint8_t{0}, bool tls_done = true) {
    feed(MqttOpened{newest<MqttConnect>().id, std::move(code), tls_done, {100us, 4ms, 1ms}});
  }
  void suback(result<std::uint8_t> code = std::uint8_t{1}) {
    feed(MqttSubscribed{newest<MqttSubscribe>().id, std::move(code)});
  }
  void puback(result<std::uint8_t> code = std::uint8_t{0}) {
    feed(MqttPublished{newest<MqttPublish>().id, std::move(code)});
  }
  void lost(Error why) { feed(MqttLost{newest<MqttConnect>().id, std::move(why)}); }
  void timer() {
    const auto t = newest<StartTimer>();
    feed(TimerFired{t.id}, t.delay);
  }
  void command(std::string payload) {
    feed(MqttMessage{newest<MqttConnect>().id, fmt::format("cmd/v1/{}/req", kDevice), std::move(payload)});
  }

  /// What the camera waits for goes well: a stage, or what comes between two.
  void go_well() {
    switch (camera.phase()) {
      case Camera::Phase::off:
        return power_on();
      case Camera::Phase::loading:
        if (std::holds_alternative<SyncClock>(last.back())) return feed(ClockSynced{newest<SyncClock>().id});
        return load(stored());
      case Camera::Phase::waiting:
        return timer();
      case Camera::Phase::in_stage:
        return pass(camera.stage());
      default:
        FAIL() << "there is nothing to go well\n" << transcript;
    }
  }
  /// One case a stage: the answer with which it succeeds.
  void pass(journal::Stage stage) {
    using journal::Stage;
    switch (stage) {
      case Stage::attach:
        return attach();
      case Stage::endorse:
        return token();
      case Stage::verify:
        return key();
      case Stage::config:
        return configuration();
      case Stage::store:
        return saved();
      case Stage::mqtt_connect:
        return connack();
      case Stage::subscribe:
        return suback();
      case Stage::status:
        return puback();
    }
  }
  [[nodiscard]] bool is_in(journal::Stage stage) const {
    return camera.phase() == Camera::Phase::in_stage && camera.stage() == stage;
  }
  /// On, through whatever stages there are, until the camera is in this one.
  void to(journal::Stage stage) {
    for (int steps = 0; !is_in(stage); ++steps) {
      ASSERT_LT(steps, kMostSteps) << transcript;
      go_well();
    }
  }
  void to_online() {
    for (int steps = 0; camera.phase() != Camera::Phase::online; ++steps) {
      ASSERT_LT(steps, kMostSteps) << transcript;
      go_well();
    }
  }

  /// A camera that has just come so far, in no time: the transcript begins here, whatever the way was.
  void at(journal::Stage stage) {
    step = 0ms;
    to(stage);
    begin_at(stage_name(stage));
  }
  void at_reading_the_store() {
    step = 0ms;
    for (int steps = 0; !std::any_of(last.begin(), last.end(), is_load); ++steps) {
      ASSERT_LT(steps, kMostSteps) << transcript;
      go_well();
    }
    begin_at("reading the store");
  }
  void at_online() {
    step = 0ms;
    to_online();
    begin_at("online");
  }

  /// Against the golden file; also replays the recorded inputs into a new camera.
  void expect_transcript(const std::string& name) {
    expect_golden(name, transcript);
    expect_same_on_replay();
  }
  void expect_same_on_replay() {
    OpensslVerifier fresh(Materials::get().crypto);
    Camera again(config, {id, kImsi}, fresh);
    std::string text, first;
    for (const auto& input : inputs)
      for (const auto& action : again.step(input)) text += std::visit(ActionText{}, action) + "\n";
    for (const auto& action : all) first += std::visit(ActionText{}, action) + "\n";
    EXPECT_EQ(text, first);
  }

 private:
  static constexpr int kMostSteps = 50;

  static bool is_load(const Action& action) { return std::holds_alternative<StoreLoad>(action); }
  /// The last step since its stage began is shown, so that a transcript says what the camera waits for.
  void begin_at(std::string_view state) {
    step = kStep;
    transcript = fmt::format("at {}\n", state);
    labels_.clear();
    const auto began = std::find_if(last.begin(), last.end(), [](const Action& action) {
      const auto* emitted = std::get_if<Emit>(&action);
      return is_load(action) || (emitted != nullptr && std::holds_alternative<journal::StageStarted>(emitted->payload));
    });
    for (auto at = began; at != last.end(); ++at) note("           > " + std::visit(ActionText{}, *at));
  }
  /// Ids are numbered from the transcript's beginning.
  void note(const std::string& line) {
    for (std::size_t at = 0; at < line.size();) {
      transcript += line[at];
      if (line[at++] != '#') continue;
      std::size_t digits = 0;
      const auto action = static_cast<ActionId>(std::stoul(line.substr(at), &digits));
      at += digits;
      transcript += std::to_string(action == 0 ? 0 : labels_.try_emplace(action, labels_.size() + 1).first->second);
    }
    transcript += '\n';
  }

  std::map<ActionId, std::size_t> labels_;
};

}  // namespace firstlight::sim
