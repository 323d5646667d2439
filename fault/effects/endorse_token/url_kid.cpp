#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> url_kid;
const EffectOn<TokenDraft> url_kid({"url-kid", "The key id is the URL of somebody else's key."},
                                   [](TokenDraft& p, const Arguments&) {
                                     p.header["kid"] = "https://attacker.example/key.pem";
                                   });

}  // namespace firstlight::fault::endorse_token
