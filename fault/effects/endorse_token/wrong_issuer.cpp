#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> wrong_issuer;
const EffectOn<TokenDraft> wrong_issuer({"wrong-issuer", "Another issuer."}, [](TokenDraft& p, const Arguments&) {
  p.claims["iss"] = "https://issuer.example";
});

}  // namespace firstlight::fault::endorse_token
