// What SORACOM Endorse answers: a pure function from the request, the SIM behind the connection and the group's
// settings to the response. Called by the Endorse server on the peer's shard, by tests and by the fuzzer. Unverified
// points (the public documentation does not say) are marked so here and in docs/api/endorse.md.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "fakes/context/sims.hpp"
#include "fault/plans/endorse_token.hpp"
#include "wire/http.hpp"

namespace firstlight::fakes::endorse {

/// The SIM group's namespace `SoracomEndorse`
/// (https://developers.soracom.io/en/docs/endorse/configuration), one group for all SIMs of the lab.
struct EndorseSettings {
  bool enabled = true;
  struct ParametersToEndorse {  // a disabled one is absent from the token, not null
    bool imsi = true;
    bool imei = true;
    bool msisdn = false;
    bool sim_id = true;
    bool request_parameters = true;
  } parameters_to_endorse;
  std::chrono::seconds token_timeout{600};
  std::string allow_origin;                           // Access-Control-Allow-Origin; empty: no such header
  std::vector<std::string> authorized_redirect_urls;  // compared whole with redirect_url
};

struct EndorseRequestFacts {
  const wire::HttpRequest& request;
  std::optional<Sim> sim;  // nothing: a strict table does not list the address
  WallTime now;
  std::string token_id;  // jti for the token, should one be issued
  /// Faults at endorse.token: edits the token before it is signed. Empty: there are none for this request.
  std::function<void(fault::TokenDraft&)> edit = {};
};

struct EndorseReply {
  wire::HttpResponse response;
  struct Issued {
    Imsi imsi;
    std::string token_id;
    std::int64_t expires_at = 0;  // Unix seconds
  };
  std::optional<Issued> issued;
};

/// The key that signs: RSA, named by its kid.
struct SigningKeyView {
  const KeyId& id;
  EVP_PKEY* key;
  EVP_PKEY* unpublished_key = nullptr;  // signs where a rule wants a key that nobody published
};

/// GET or POST at `/`. Statuses: 200 {"token"}, 302 (redirect_url), 400 (query or body malformed, or more parameters
/// than a token holds), 403 (unknown SIM, group disabled, redirect_url not authorised), 404, 405. Unverified: all but
/// 200.
[[nodiscard]] EndorseReply handle(const CryptoContext& crypto, const EndorseRequestFacts& facts,
                                  const EndorseSettings& settings, const SigningKeyView& key);

/// 16 random bytes as base64url: 22 characters.
[[nodiscard]] std::string new_token_id(const CryptoContext& crypto);

}  // namespace firstlight::fakes::endorse
