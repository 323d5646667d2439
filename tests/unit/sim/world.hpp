// A camera under test with a world of its own: a virtual clock, real keys and certificates, and a transcript of all
// that went in and came out. Used by the tests of this folder.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "journal/journal.hpp"
#include "sim/camera.hpp"
#include "sim/openssl_verifier.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

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

// -- text forms: everything that matters, nothing that is secret or drawn by OpenSSL -------------------------------

inline std::string quoted(const Error& e) {
  return e.detail.empty() ? std::string(e.name()) : fmt::format("{} ({})", e.name(), e.detail);
}
inline std::string yes_if(bool b, const char* text) {
  return b ? std::string(" ") + text : std::string();
}

struct InputText {
  std::string operator()(const PowerOn&) const { return "power on"; }
  std::string operator()(const PowerCut&) const { return "power cut"; }
  std::string operator()(const SimChanged& e) const { return "another SIM: " + e.imsi.value(); }
  std::string operator()(const ClockMoved& e) const {
    return fmt::format("clock moved by {} us{}", e.by.count(), yes_if(e.lasts, "for good"));
  }
  std::string operator()(const Detached&) const { return "detached"; }
  std::string operator()(const ClockSynced& e) const { return fmt::format("clock set #{}", e.id); }
  std::string operator()(const Stop&) const { return "stop"; }
  std::string operator()(const TimerFired& e) const { return fmt::format("timer #{}", e.id); }
  std::string operator()(const AttachDone& e) const {
    return fmt::format("attach #{}: {}", e.id, e.outcome ? "ok" : quoted(e.outcome.error()));
  }
  std::string operator()(const HttpsDone& e) const {
    if (!e.reply) return fmt::format("https #{}: {}", e.id, quoted(e.reply.error()));
    return fmt::format("https #{}: {}", e.id, e.reply->status) +
           (e.reply->retry_after ? " Retry-After: " + *e.reply->retry_after : std::string());
  }
  std::string operator()(const StoreLoaded& e) const {
    return fmt::format("load #{}: {}", e.id, e.content ? "content" : quoted(e.content.error()));
  }
  std::string operator()(const StoreSaved& e) const {
    return fmt::format("save #{}: {}", e.id, e.outcome ? "ok" : quoted(e.outcome.error()));
  }
  std::string operator()(const MqttOpened& e) const {
    return fmt::format("mqtt #{}: {}", e.id,
                       e.connack ? fmt::format("CONNACK {}", *e.connack) : quoted(e.connack.error()));
  }
  std::string operator()(const MqttSubscribed& e) const {
    return fmt::format("subscribe #{}: {}", e.id,
                       e.suback ? fmt::format("SUBACK {}", *e.suback) : quoted(e.suback.error()));
  }
  std::string operator()(const MqttPublished& e) const {
    return fmt::format("publish #{}: {}", e.id,
                       e.puback ? fmt::format("PUBACK {}", *e.puback) : quoted(e.puback.error()));
  }
  std::string operator()(const MqttMessage& e) const {
    return fmt::format("message on #{}: {} {}", e.session, e.topic, e.payload);
  }
  std::string operator()(const MqttLost& e) const { return fmt::format("mqtt #{} lost: {}", e.session, quoted(e.why)); }
};

struct ActionText {
  std::string operator()(const Attach& a) const { return fmt::format("attach #{}", a.id); }
  std::string operator()(const HttpsGet& a) const {
    return fmt::format("https #{} {} {}{}", a.id, service_name(a.service), a.url,
                       yes_if(!a.bearer.empty(), "with token"));
  }
  std::string operator()(const StoreLoad& a) const {
    return fmt::format("load #{}", a.id) + yes_if(a.unchecked, "unchecked");
  }
  std::string operator()(const StoreSave& a) const {
    return fmt::format("save #{}", a.id) + yes_if(a.in_place, "in place");
  }
  std::string operator()(const SyncClock& a) const { return fmt::format("set the clock #{}", a.id); }
  std::string operator()(const Log& a) const { return "log: " + a.text; }
  std::string operator()(const StoreDiscard&) const { return "discard the store"; }
  std::string operator()(const MqttConnect& a) const {
    return fmt::format("mqtt #{} {}:{} v{} client {} keep-alive {}{}{}{} will {} {}", a.id, a.endpoint, a.port,
                       static_cast<int>(a.packet.version), a.packet.client_id, a.packet.keep_alive_seconds,
                       yes_if(a.packet.clean_session, "clean"), yes_if(!a.private_key_pem.empty(), "with key"),
                       yes_if(!a.ca_pem.empty(), "with CA"), a.packet.will->topic, a.packet.will->payload);
  }
  std::string operator()(const MqttSubscribe& a) const {
    return fmt::format("subscribe #{} {} qos {}", a.id, a.topic, a.qos);
  }
  std::string operator()(const MqttPublish& a) const {
    return fmt::format("publish #{} {} qos {} {}", a.id, a.topic, a.qos, a.payload);
  }
  std::string operator()(const MqttDisconnect&) const { return "mqtt goodbye"; }
  std::string operator()(const DropConnections&) const { return "drop connections"; }
  std::string operator()(const StartTimer& a) const { return fmt::format("timer #{} in {} us", a.id, a.delay.count()); }
  std::string operator()(const CancelTimer&) const { return "cancel timer"; }
  std::string operator()(const Emit& a) const {
    journal::Event event;
    event.payload = a.payload;
    auto json = nlohmann::ordered_json::parse(journal::format_event(event));
    std::string text = "* " + json["ev"].get<std::string>();
    for (const auto& [name, value] : json.items())
      if (name != "t" && name != "lane" && name != "seq" && name != "src" && name != "ev" && name != "bytes")
        text += fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
    return text;
  }
};

class World {
 public:
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
  std::string transcript;
  std::vector<Action> last;  // of the last step
  std::vector<Action> all;   // since the beginning
  std::vector<Input> inputs;

  [[nodiscard]] WallTime wall() const { return kToday + std::chrono::duration_cast<std::chrono::milliseconds>(mono); }

  void feed(Event event, std::chrono::nanoseconds later = 10ms) {
    mono += later;
    inputs.push_back({{mono, wall()}, std::move(event)});
    transcript += fmt::format("{:>10.3f} < {}\n", std::chrono::duration<double>(mono).count(),
                              std::visit(InputText{}, inputs.back().event));
    last = camera.step(inputs.back());
    for (const auto& action : last) transcript += "           > " + std::visit(ActionText{}, action) + "\n";
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
  void power_on() { feed(PowerOn{mono.count()}, 0ms); }
  void attach() { feed(AttachDone{newest<Attach>().id, {}}); }
  void load(result<std::string> content = Error(Errc::store_empty)) {
    feed(StoreLoaded{newest<StoreLoad>().id, std::move(content)});
  }
  void reply(unsigned status, std::string body = {}, std::optional<std::string> retry_after = {}) {
    HttpReply r;
    r.status = status;
    r.body = std::move(body);
    r.retry_after = std::move(retry_after);
    feed(HttpsDone{newest<HttpsGet>().id, std::move(r), {100, 2000, 3000}});
  }
  void https_fails(Error why) { feed(HttpsDone{newest<HttpsGet>().id, std::move(why), {100, 0, 0}}); }
  void token(const std::string& token) { reply(200, nlohmann::json{{"token", token}}.dump()); }
  void token() { token(sign(claims_at(wall()))); }
  void key() { reply(200, Materials::get().token_key_pem); }
  void configuration(const nlohmann::ordered_json& document = config_document()) { reply(200, document.dump()); }
  void saved(result<void> outcome = {}) { feed(StoreSaved{newest<StoreSave>().id, std::move(outcome)}); }
  void connack(result<std::uint8_t> code = std::uint8_t{0}, bool tls_done = true) {
    feed(MqttOpened{newest<MqttConnect>().id, std::move(code), tls_done, {100, 4000, 1000}});
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

  void to_endorse() { power_on(), attach(), load(); }
  void to_verify() { to_endorse(), token(); }
  void to_config() { to_verify(), key(); }
  void to_store() { to_config(), configuration(); }
  void to_connect() { to_store(), saved(); }
  void to_subscribe() { to_connect(), connack(); }
  void to_status() { to_subscribe(), suback(); }
  void to_online() { to_status(), puback(); }
  void reconnect_to_online() {
    if (camera.phase() == Camera::Phase::loading) load(stored_document());
    connack(), suback(), puback();
  }

  /// The golden file; FIRSTLIGHT_UPDATE_TRANSCRIPTS=1 writes it. Also replays the recorded inputs into a new camera.
  void expect_transcript(const std::string& name) {
    const auto path = std::string(FIRSTLIGHT_SOURCE_DIR) + "/tests/unit/sim/transcripts/" + name + ".txt";
    if (std::getenv("FIRSTLIGHT_UPDATE_TRANSCRIPTS") != nullptr) std::ofstream(path) << transcript;
    std::stringstream golden;
    golden << std::ifstream(path).rdbuf();
    EXPECT_EQ(transcript, golden.str()) << path;
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
};

}  // namespace firstlight::sim
