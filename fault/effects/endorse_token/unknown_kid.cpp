#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> unknown_kid;
const EffectOn<TokenDraft> unknown_kid({"unknown-kid", "The key id is well-formed, and no such key is published."},
                                       [](TokenDraft& p, const Arguments&) {
                                         p.header["kid"] = "v1-00000000000000000000000000000000-x509.pem";
                                       });

}  // namespace firstlight::fault::endorse_token
