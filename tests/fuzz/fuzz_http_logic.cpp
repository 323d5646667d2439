// Bytes of a client, through the HTTP parser, to Endorse's and the config API's rules: nothing crashes, every answer
// can be printed, and no token is accepted but those that the test key signed: the seed's, whatever surrounds it.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fakes/config_api/document.hpp"
#include "fakes/config_api/logic.hpp"
#include "fakes/endorse/keys.hpp"
#include "fakes/endorse/logic.hpp"
#include "tests/unit/fakes/endorse_vectors.hpp"
#include "wire/x509.hpp"

namespace {

using namespace firstlight;
using namespace firstlight::fakes;

void require(bool condition) {
  if (!condition) std::abort();
}

struct World {
  World() {
    directory.publish(KeyId(std::string(test::kKid)), std::string(test::kPublicKeyPem));
    sim.imsi = Imsi("440102130706441");
    sim.imei = Imei("350021307064412");
    sim.sim_id = SimId("8981100021307064418");
    settings.authorized_redirect_urls = {"https://app.example/"};
  }
  CryptoContext crypto;
  PkeyPtr key = wire::parse_private_key(crypto, test::kSigningKeyPem).value();
  KeyId id = endorse::key_id_of(crypto, key.get());
  endorse::PublishedKeys directory;
  endorse::KeyCache cache{crypto, directory};
  Sim sim;
  endorse::EndorseSettings settings;
};

void try_endorse(World& world, const wire::HttpRequest& request) {
  const endorse::EndorseRequestFacts facts{request, world.sim, from_unix_seconds(1800000000), "hkK7qNyXzEMVAXfTq1MBuA"};
  const auto reply =
      endorse::handle(world.crypto, facts, world.settings, endorse::SigningKeyView{world.id, world.key.get()});
  require(reply.issued.has_value() == (reply.response.status == 200 || reply.response.status == 302));
  if (reply.response.status == 200) {
    const auto token = nlohmann::json::parse(reply.response.body).at("token").get<std::string>();
    require(wire::parse_token(token).has_value());
  }
  require(!wire::format_response(reply.response).empty());
}

void try_config(World& world, const wire::HttpRequest& request) {
  const config_api::KeyLookup lookup = [&](const std::string& kid) { return world.cache.find(kid); };
  const auto checked =
      config_api::check_request(world.crypto, request, lookup, wire::ClaimRules{}, from_unix_seconds(1800000000));
  if (std::holds_alternative<wire::TokenClaims>(checked)) {
    const auto header = request.header("Authorization");
    require(header && header->substr(header->rfind(' ') + 1) == test::kGoldenToken);
  } else {
    require(std::get<config_api::Refusal>(checked).response.status >= 400);
  }
  if (auto merged = config_api::merge_over(config_api::default_template(), request.body)) {
    config_api::DeviceFacts facts;
    facts.device_id = DeviceId("7CDDDEADBEEF");
    const auto document = config_api::fill_document(std::move(*merged), facts);
    require(document.at("mqtt_config").at("client_id") == "7CDDDEADBEEF");
    require(!document.dump().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  wire::HttpRequestParser parser;
  while (!bytes.empty()) {
    const auto taken = parser.feed(bytes);
    if (!taken) return 0;
    bytes.remove_prefix(*taken);
    if (!parser.done()) return 0;
    const auto request = parser.take();
    try_endorse(world, request);
    try_config(world, request);
    (void)endorse::key_store_reply(request, world.directory);
  }
  return 0;
}
