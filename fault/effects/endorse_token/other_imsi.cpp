#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> other_imsi;
const EffectOn<TokenDraft> other_imsi({"other-imsi", "The token of another camera's SIM."},
                                      [](TokenDraft& p, const Arguments&) {
                                        p.claims["soracom-endorse-claim"]["imsi"] = p.other_imsi.value();
                                      });

}  // namespace firstlight::fault::endorse_token
