// The two HTTPS servers of Endorse: the token service and the bucket of public keys. Wired by the lab; the answers are
// logic.hpp's and keys.hpp's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "fakes/endorse/keys.hpp"
#include "fakes/endorse/logic.hpp"
#include "fakes/http/https_server.hpp"

namespace firstlight::fakes::endorse {

struct EndorseConfig {
  EndorseSettings settings;
  std::string address = "127.0.0.1";
  unsigned short endorse_port = 0;       // 0: ephemeral
  unsigned short keys_port = 0;          // 0: ephemeral
  wire::IdentityPem identity;            // of both servers
  std::vector<SigningKey> signing_keys;  // all published, the last one signs; empty: one is made at start
  std::chrono::seconds idle_limit{30};
};

class EndorseServers {
 public:
  /// The shards may run already or not. Errors: address-in-use, address-unusable, key-malformed, invalid-argument (a
  /// redirect URL that cannot stand in a header).
  static result<std::unique_ptr<EndorseServers>> start(LabContext& lab, EndorseConfig config);
  /// As stop_accepting(). Connections that live end with their shards.
  ~EndorseServers();

  [[nodiscard]] unsigned short endorse_port() const;
  [[nodiscard]] unsigned short keys_port() const;
  /// Path of the bucket: a key is at `https://<host>:<keys_port>/soracom-public-keys/<kid>`.
  static constexpr std::string_view kBucketPath = "/soracom-public-keys";

  /// kid → public key PEM; a handle that may outlive the servers.
  [[nodiscard]] PublishedKeys keys() const;

  /// Makes, publishes and signs with a new key; the older ones stay published. Takes as long as make_signing_key, on
  /// the calling thread, which must not be a shard's.
  KeyId rotate();

  /// For faults that concern a whole server.
  [[nodiscard]] HttpsServer& endorse_server();
  [[nodiscard]] HttpsServer& keys_server();

  /// Call on the front thread or after it ended.
  void stop_accepting();

 private:
  struct Impl;
  explicit EndorseServers(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes::endorse
