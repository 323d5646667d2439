// A token before it is signed: see sign_draft() in fakes/endorse/draft.hpp, which carries it out. Edited by the effects
// in fault/effects/endorse_token/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

/// Which rules count is told from the signed bytes (outline() in fakes/endorse/draft.hpp).
struct TokenDraft {
  nlohmann::ordered_json header;
  nlohmann::ordered_json claims;
  WallTime now;
  Imsi other_imsi;  // of another camera
  enum class Signature : std::uint8_t { proper, unknown_key, none, hmac_public_key } signature = Signature::proper;
  bool flip_signature = false;
  std::optional<std::string> instead;     // of the whole token
  std::optional<std::size_t> keep_bytes;  // the token is cut there
  friend bool operator==(const TokenDraft&, const TokenDraft&) = default;
};

namespace endorse_token {
using Plan = TokenDraft;
}

}  // namespace firstlight::fault
