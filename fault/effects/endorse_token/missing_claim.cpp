#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> missing_claim;
const EffectOn<TokenDraft> missing_claim({"missing-claim",
                                          "A claim is absent.",
                                          {Parameter{.name = "claim",
                                                     .kind = Kind::choice,
                                                     .summary = "Which.",
                                                     .choices = {"iss", "aud", "exp", "jti", "iat", "nbf", "sub",
                                                                 "soracom-endorse-claim", "imsi"}}}},
                                         [](TokenDraft& p, const Arguments& a) {
                                           if (a.text("claim") != "imsi")
                                             p.claims.erase(a.text("claim"));
                                           else if (p.claims.contains("soracom-endorse-claim"))
                                             p.claims["soracom-endorse-claim"].erase("imsi");
                                         });

}  // namespace firstlight::fault::endorse_token
