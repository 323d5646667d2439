// Endorse, its key store and the config API on real sockets with rules, and a camera's two requests. Used by the tests
// of the faults at `endorse.token` and `config_api.*`.
#pragma once

#include <poll.h>

#include <nlohmann/json.hpp>

#include "fakes/config_api/server.hpp"
#include "fakes/endorse/server.hpp"
#include "tests/unit/fakes/endorse_vectors.hpp"
#include "tests/unit/fakes/iot_support.hpp"
#include "tests/unit/fakes/logic_support.hpp"
#include "tests/unit/fakes/test_lab.hpp"

namespace firstlight::test {

class ProvisioningFaultLab {
 public:
  explicit ProvisioningFaultLab(std::vector<fault::Rule> rules, wire::KeyKind key_kind = wire::KeyKind::ec_p256)
      : faults(1, "test", 2, std::move(rules)) {
    for (std::uint32_t n = 1; n <= 2; ++n) {
      const auto address = boost::asio::ip::make_address("127.16.0." + std::to_string(n));
      auto sim = fakes::derive_sim(address);
      sim.camera = n;
      lab.sims.list(address, std::move(sim));
    }
    device_authority = fakes::iot::make_authority(crypto, "Device CA", lab.clock.now());
    fakes::iot::RegistryConfig registry_config;
    registry_config.path = folder / "state.db";
    registry = fakes::iot::Registry::open(registry_config, lab.shards, lab.clock).value();
    fakes::LabContext context{lab.front, lab.shards, *lab.journal, lab.lanes, lab.sims, lab.clock, faults};
    fakes::endorse::EndorseConfig endorse_config;
    endorse_config.identity = lab.identity;
    endorse_config.signing_keys.push_back(
        fakes::endorse::load_signing_key(crypto, Secret(std::string(kSigningKeyPem))).value());
    signing_key = endorse_config.signing_keys.back();
    endorse = fakes::endorse::EndorseServers::start(context, std::move(endorse_config)).value();
    fakes::config_api::ConfigApiConfig config;
    config.identity = lab.identity;
    config.ca_certificate_pem = lab.authority.certificate_chain;
    config.mqtt_host = "localhost";
    config.mqtt_port = 8883;
    config.key_kind = key_kind;
    config_api =
        fakes::config_api::ConfigApiServer::start(context, config, endorse->keys(), *registry, device_authority)
            .value();
  }
  ~ProvisioningFaultLab() { end(); }
  void end() {
    registry->close();
    lab.end();
  }

  std::string exchange(unsigned short port, const std::string& request, std::uint32_t camera = 1) {
    Client client(lab, port, ("127.16.0." + std::to_string(camera)).c_str());
    client.send(request);
    return client.receive_response();
  }
  std::string token(std::uint32_t camera = 1) {
    const auto response = exchange(endorse->endorse_port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", camera);
    return nlohmann::json::parse(response.substr(response.find("\r\n\r\n") + 4)).at("token");
  }
  /// The request for the configuration, with a new token.
  std::string configuration_request(std::uint32_t camera = 1) {
    return "GET /v1/sora_cam/devices/me/config HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token(camera) +
           "\r\n\r\n";
  }
  std::string configuration(std::uint32_t camera = 1) {
    const auto response = exchange(config_api->port(), configuration_request(camera), camera);
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 ")) << response.substr(0, 400);
    return response.substr(response.find("\r\n\r\n") + 4);
  }
  /// Polls until that effect has fired; false after ten seconds.
  bool fired(const std::string& effect) {
    const auto deadline = SteadyClock::now() + std::chrono::seconds(10);
    for (;;) {
      for (const auto& [event, f] : lab.events<journal::FaultFired>())
        if (f.effect == effect) return true;
      if (SteadyClock::now() > deadline) return false;
      ::poll(nullptr, 0, 5);
    }
  }
  /// Ends the lab. "effect camera attempt", in order.
  std::vector<std::string> firings() {
    end();
    std::vector<std::string> all;
    for (const auto& [event, f] : lab.events<journal::FaultFired>())
      all.push_back(f.effect + " " + std::to_string(event.camera) + " " + std::to_string(f.attempt));
    return all;
  }

  fault::Engine faults;
  CryptoContext crypto;
  fakes::iot::TempFolder folder;
  TestLab lab;
  fakes::iot::AuthorityPem device_authority;
  fakes::endorse::SigningKey signing_key;
  std::unique_ptr<fakes::iot::Registry> registry;
  std::unique_ptr<fakes::endorse::EndorseServers> endorse;
  std::unique_ptr<fakes::config_api::ConfigApiServer> config_api;
};

}  // namespace firstlight::test
