// What each point is about to do, as data that effects edit before it is done. The point makes the plan with its proper
// values, the engine applies the effects of the rules that fire, and the point carries out what the plan then says.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "fault/effect.hpp"
#include "journal/event.hpp"
#include "wire/http.hpp"

namespace firstlight::fault {

/// A network attach of a simulated camera.
struct AttachPlan {
  Duration delay{0};
  enum class Answer : std::uint8_t { accept, reject, bar } answer = Answer::accept;
  std::optional<Duration> detach_after;  // the network drops the camera then, and it attaches anew
};

/// How a delay varies: `base` and on top a draw that is uniform in [0, spread) or exponential with mean `spread`.
struct Delay {
  Duration base{0};
  Duration spread{0};
  bool exponential = false;
  [[nodiscard]] bool none() const { return base == Duration{0} && spread == Duration{0}; }
};

/// A connection, at the lab's ingress. Byte counts are of TCP payload, in both directions together.
struct LinkPlan {
  bool port_closed = false;  // the service does not listen: connecting is refused
  bool swallow = false;      // accepted; nothing is read on and nothing is answered
  enum class Cut : std::uint8_t { at_once, before_tls, after_tls, after_bytes };
  std::optional<Cut> reset;
  std::int64_t reset_after = 0;       // bytes
  Delay latency;                      // of every piece, each way
  std::int64_t bytes_per_second = 0;  // each way; 0: unlimited
  std::int64_t slice = 0;             // the lab's answers arrive in pieces of so many bytes; 0: whole
  Duration slice_pause{0};
  std::optional<std::int64_t> stall_after;       // bytes; then nothing moves any more
  std::optional<std::int64_t> half_close_after;  // bytes; then the lab's direction ends with FIN
  bool partition = false;                        // nothing moves while the rule is active
  Duration flap_up{0}, flap_down{0};             // nothing moves in the down phases
  /// Whether bytes pass through a shaper at all.
  [[nodiscard]] bool shaped() const {
    return swallow || !latency.none() || bytes_per_second > 0 || slice > 0 || stall_after || half_close_after ||
           partition || flap_down > Duration{0} || reset == Cut::after_bytes || reset == Cut::before_tls;
  }
};

/// The server's side of a TLS handshake.
struct TlsPlan {
  enum class Certificate : std::uint8_t {
    proper,
    expired,
    not_yet_valid,
    wrong_name,
    unknown_authority,
    self_signed,
    oversized,
    incomplete_chain,
  } certificate = Certificate::proper;
  Duration by{0};                   // expired so long ago; valid only in so long
  std::string name;                 // the wrong one
  std::int64_t bytes = 0;           // of the oversized chain, at least
  std::optional<int> only_version;  // 0x0301 … 0x0304
  std::string cipher;               // the only one, by OpenSSL's name
  std::int64_t max_fragment = 0;    // bytes of plaintext a record; 0: the default
  std::optional<int> alert;         // sent instead of the ServerHello
  enum class Stall : std::uint8_t { none, server_hello, certificate } stall = Stall::none;
  [[nodiscard]] bool proper() const {
    return certificate == Certificate::proper && !only_version && cipher.empty() && max_fragment == 0 && !alert &&
           stall == Stall::none;
  }
};

/// A token before it is signed; see sign_draft() in fakes/endorse.
struct TokenDraft {
  nlohmann::ordered_json header;
  nlohmann::ordered_json claims;
  WallTime now;
  Imsi other_imsi;  // of another camera
  enum class Signature : std::uint8_t { proper, unknown_key, none, hmac_public_key } signature = Signature::proper;
  bool flip_signature = false;
  std::optional<std::string> instead;     // of the whole token
  std::optional<std::size_t> keep_bytes;  // the token is cut there
};

/// A request's answer.
struct HttpPlan {
  std::optional<wire::HttpResponse> instead;  // the service is not asked
  Duration delay{0};                          // before the answer's first byte
  std::optional<double> keep;                 // the share of the answer that is sent, then the connection closes
  std::int64_t wrong_length = 0;              // Content-Length says so many bytes more (or fewer)
  bool chunked = false;
  std::int64_t garbage = 0;  // so many bytes that are no HTTP, instead of the answer
  bool empty_body = false;
};

/// The configuration, before it is serialised.
struct BodyDraft {
  nlohmann::ordered_json* document = nullptr;
  /// Where a dotted path leads (`mqtt_config.endpoint`); null: nowhere.
  [[nodiscard]] nlohmann::ordered_json* at(const std::string& path) const;
};

/// A device certificate, before it is issued.
struct CertificatePlan {
  std::optional<Duration> expired;        // so long ago
  std::optional<Duration> not_yet_valid;  // for so long
  std::optional<Duration> lifetime;
  bool foreign_key = false;        // the private key handed out is another one
  bool foreign_authority = false;  // signed by an authority that nobody knows
  bool server_usage = false;       // extended key usage serverAuth only
  bool other_device = false;       // another device's certificate and key
  bool weak_key = false;           // RSA-1024
};

/// The registration of a certificate.
struct RegisterPlan {
  Duration delay{0};
  enum class Answer : std::uint8_t { proper, error, throttled, lost } answer = Answer::proper;
};

/// The edge's question whether a certificate may connect.
struct VerifyPlan {
  Duration delay{0};
  bool down = false;
};

/// What becomes of a device certificate in the registry.
struct CertificateStatusPlan {
  enum class Status : std::uint8_t { active, inactive, revoked } status = Status::active;
  std::optional<Duration> expires_in;  // its validity ends so long after the issue
  Duration propagation{0};             // the edge learns of it so much later
};

/// An MQTT connection, at the edge.
struct MqttPlan {
  std::optional<int> connack;  // refused with this code
  bool withhold_connack = false;
  bool withhold_suback = false;
  std::optional<int> suback;  // every filter is answered with this code
  bool withhold_puback = false;
  bool withhold_pingresp = false;
  std::optional<std::int64_t> disconnect_after;  // packets of the device
  bool oversized = false;                        // a PUBLISH of more than any device holds, after the SUBACK
  std::int64_t oversized_bytes = 0;
  bool malformed = false;     // a packet that is none, after the SUBACK
  bool session_lost = false;  // the broker's session is thrown away before the CONNECT
  bool taken_over = false;    // somebody else connects with the same client id
};

struct BrokerPlan {
  enum class Action : std::uint8_t { none, kill, freeze, restart } action = Action::none;
  Duration lasts{0};
};

/// One boot of a simulated camera, or something that happens to it at a moment.
struct CameraPlan {
  bool cut_power = false;
  std::optional<journal::Stage> cut_at;  // when that stage begins; nothing: at once (scheduled)
  Duration off_for{0};
  enum class Store : std::uint8_t { sound, torn, corrupt, full } store = Store::sound;
  std::optional<Duration> clock_by;  // the camera's clock moves; may be negative
  bool swap_sim = false;
  std::uint32_t clone_of = 0;  // the camera starts with this one's store
};

}  // namespace firstlight::fault
