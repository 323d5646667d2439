#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> unknown_key;
const EffectOn<TokenDraft> unknown_key({"unknown-key",
                                        "Signed by a key that nobody published, under a published key's id."},
                                       [](TokenDraft& p, const Arguments&) {
                                         p.signature = TokenDraft::Signature::unknown_key;
                                       });

}  // namespace firstlight::fault::endorse_token
