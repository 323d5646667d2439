#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> flipped_signature;
const EffectOn<TokenDraft> flipped_signature({"flipped-signature", "One bit of the signature is wrong."},
                                             [](TokenDraft& p, const Arguments&) { p.flip_signature = true; });

}  // namespace firstlight::fault::endorse_token
