#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> wrong_audience;
const EffectOn<TokenDraft> wrong_audience({"wrong-audience", "For another audience."},
                                          [](TokenDraft& p, const Arguments&) {
                                            p.claims["aud"] = "another-audience";
                                          });

}  // namespace firstlight::fault::endorse_token
