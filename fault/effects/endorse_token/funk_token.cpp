#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> funk_token;
const EffectOn<TokenDraft> funk_token({"funk-token", "A SORACOM Funk token, which the same keys sign."},
                                      [](TokenDraft& p, const Arguments&) {
                                        const auto own =  // another rule may have removed it
                                            p.claims.value("soracom-endorse-claim", nlohmann::ordered_json::object());
                                        const auto imsi = own.value("imsi", std::string());
                                        p.claims["aud"] = "srn:soracom:OP0000000000:jp:Subscriber:" + imsi;
                                        p.claims["sub"] = "funk.soracom.io";
                                        p.claims["typ"] = "soracom/token/v1";
                                        p.claims.erase("exp");
                                        p.claims.erase("soracom-endorse-claim");
                                      });

}  // namespace firstlight::fault::endorse_token
