#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> audience_array;
const EffectOn<TokenDraft> audience_array(
    {"audience-array", "The audience is an array that holds the right one beside another."},
    [](TokenDraft& p, const Arguments&) {
      p.claims["aud"] = nlohmann::ordered_json::array({"soracom-endorse-audience", "another-audience"});
    });

}  // namespace firstlight::fault::endorse_token
