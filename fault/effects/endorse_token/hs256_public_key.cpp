#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> hs256_public_key;
const EffectOn<TokenDraft> hs256_public_key({"hs256-public-key",
                                             "HS256 with the public key's PEM as the secret (algorithm confusion)."},
                                            [](TokenDraft& p, const Arguments&) {
                                              p.header["alg"] = "HS256";
                                              p.signature = TokenDraft::Signature::hmac_public_key;
                                            });

}  // namespace firstlight::fault::endorse_token
