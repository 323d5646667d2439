#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> alg_none;
const EffectOn<TokenDraft> alg_none({"alg-none", "The algorithm is `none` and the signature is empty."},
                                    [](TokenDraft& p, const Arguments&) {
                                      p.header["alg"] = "none";
                                      p.signature = TokenDraft::Signature::none;
                                    });

}  // namespace firstlight::fault::endorse_token
