// The device-config API as an HTTPS server: verifies the token, registers the device, issues its certificate, registers
// that, and answers with the configuration. Wired by the lab after the edge, whose address it hands out.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fakes/config_api/logic.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/endorse/keys.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/iot/registry.hpp"
#include "fakes/pki/authority.hpp"

namespace firstlight::fakes::config_api {

/// A device that asks again with a valid token: `reissue` gives it a new certificate (the registry retires the old
/// one); `reuse` gives it the same certificate and key while that is ACTIVE and valid. AWS IoT never hands a private
/// key out twice; under `reuse` the lab keeps the keys that it issued in memory, so after its restart a device is
/// reissued once.
enum class RepeatPolicy { reissue, reuse };

struct ConfigApiConfig {
  std::string address = "127.0.0.1";
  unsigned short port = 0;  // 0: ephemeral
  wire::IdentityPem identity;
  std::chrono::seconds certificate_lifetime{std::chrono::days(365)};  // from the issue; notBefore is 60 s before it
  wire::KeyKind key_kind = wire::KeyKind::ec_p256;
  std::size_t rsa_keys_ready = 16;  // made ahead of time, where devices get RSA keys
  std::vector<Secret> rsa_keys;     // made already, PEM; handed out first
  std::string ca_certificate_pem;   // the root of the lab's servers, which devices are to trust
  std::string mqtt_host;
  unsigned short mqtt_port = 0;
  wire::ClaimRules claim_rules;
  RepeatPolicy repeat = RepeatPolicy::reissue;
  bool require_matching_sim = false;  // refuse (403) a token of another SIM than the connection's
  std::vector<Imsi> refused_sims;     // 403
  std::string config_template;        // JSON object merged over the built-in template (RFC 7396); empty: nothing
  std::chrono::seconds idle_limit{30};
};

class ConfigApiServer {
 public:
  /// The shards may run already or not; `registry` outlives them. Errors: address-in-use, address-unusable,
  /// invalid-argument (the template). Throws std::runtime_error for malformed identities and authorities.
  static result<std::unique_ptr<ConfigApiServer>> start(LabContext& lab, ConfigApiConfig config,
                                                        const endorse::PublishedKeys& keys, iot::Registry& registry,
                                                        const iot::AuthorityPem& device_authority);
  /// As stop_accepting(). Connections that live end with their shards.
  ~ConfigApiServer();
  [[nodiscard]] unsigned short port() const;
  [[nodiscard]] HttpsServer& server();  // for faults that concern the whole of it
  /// Call on the front thread or after it ended.
  void stop_accepting();

 private:
  struct Impl;
  explicit ConfigApiServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::fakes::config_api
