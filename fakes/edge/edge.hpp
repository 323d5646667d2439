// The MQTT front of the fake AWS IoT: terminates device TLS, checks the certificate against the registry, enforces the
// topic policy, and forwards plain MQTT to Mosquitto over its Unix socket. Owned by the lab; the rules are in
// logic.hpp.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/context/sims.hpp"
#include "fakes/edge/logic.hpp"
#include "fakes/ingress/listeners.hpp"
#include "fakes/iot/registry.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes {

struct EdgeConfig {
  std::string address = "127.0.0.1";
  unsigned short port = 0;           // 0: ephemeral
  wire::IdentityPem identity;        // the server's certificate chain and key
  std::string device_authority_pem;  // the certificate of the authority that issues the devices' certificates
  std::string broker_socket;         // Broker::socket_path()
  edge::Refusal refusal = edge::Refusal::tls_alert;
  edge::OnExpiry on_expiry = edge::OnExpiry::keep;  // by the lab's wall clock, also when it jumps: within a second
  edge::Limits limits;
  // CONNECTs that Mosquitto has not answered yet, over all shards; its listen backlog is 100 and a full one fails.
  unsigned max_connects_in_flight = 64;
  std::chrono::milliseconds handshake_limit{10'000};
  std::chrono::milliseconds connect_limit{10'000};  // from the end of the handshake to a whole CONNECT
  std::chrono::milliseconds broker_limit{10'000};   // from the CONNECT to Mosquitto's CONNACK
  // Whether a SIM's address and a certificate's device belong together; false is journaled as identity_mismatch and
  // changes nothing else. Called on shard threads. Empty: not judged.
  std::function<bool(const Sim&, const DeviceId&)> identity_matches;
};

class Edge {
 public:
  /// Takes over `on_change` of every replica. Journals mqtt_refused for connections that it refuses (also with a TLS
  /// alert), tls_failed for handshakes that fail otherwise. Throws std::runtime_error for certificates or keys that
  /// OpenSSL refuses. Errors: address-in-use, address-unusable.
  static result<std::unique_ptr<Edge>> start(LabContext& lab, EdgeConfig config, iot::Registry& registry);
  /// The lab's context, the registry and the shards outlive it; end the shards first (ShardSet::stop).
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  [[nodiscard]] unsigned short port() const;
  /// Does what a scheduled rule of `mqtt` says, now, to the sessions of a camera. From any thread; the rule outlives
  /// the shards.
  void carry_out(const fault::Rule& rule, std::uint32_t camera);
  [[nodiscard]] Listeners& listeners();
  /// Live sessions go on. Call on the front thread or after it ended.
  void stop_accepting();

 private:
  struct Impl;
  explicit Edge(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes
