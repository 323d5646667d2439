// Signing of tokens that faults at `endorse.token` have edited. Called by the Endorse server for such tokens alone; a
// proper token never comes by here.
#pragma once

#include <string>

#include "base/crypto.hpp"
#include "fault/plans/endorse_token.hpp"

namespace firstlight::fakes::endorse {

/// The draft of a proper token: header and claims as Endorse would sign them.
[[nodiscard]] fault::TokenDraft make_draft(std::string_view header_json, std::string_view claims_json, WallTime now);

/// Both RSA, in the library context that signs.
struct DraftKeys {
  EVP_PKEY* proper;
  EVP_PKEY* unpublished_key;  // published nowhere; null where no rule signs with it
};

/// The token that the draft describes.
[[nodiscard]] std::string sign_draft(const CryptoContext& crypto, const fault::TokenDraft& draft,
                                     const DraftKeys& keys);

/// The same with a stand-in of the signature's length: drafts whose tokens a device cannot tell apart have the same
/// one. `key` is the proper signing key.
[[nodiscard]] std::string outline(const fault::TokenDraft& draft, EVP_PKEY* key);

}  // namespace firstlight::fakes::endorse
