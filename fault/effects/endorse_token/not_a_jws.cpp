#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> not_a_jws;
const EffectOn<TokenDraft> not_a_jws({"not-a-jws", "Something that is no token."},
                                     [](TokenDraft& p, const Arguments&) { p.instead = "this is not a token"; });

}  // namespace firstlight::fault::endorse_token
