#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> wrong_subject;
const EffectOn<TokenDraft> wrong_subject({"wrong-subject", "About another subject."},
                                         [](TokenDraft& p, const Arguments&) { p.claims["sub"] = "another-subject"; });

}  // namespace firstlight::fault::endorse_token
