#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> not_before_in_future;
const EffectOn<TokenDraft> not_before_in_future(
    {"not-before-in-future",
     "The token may not be used yet.",
     {Parameter{.name = "by", .kind = Kind::duration, .summary = "How long not, in whole seconds.", .fallback = "1h"}}},
    [](TokenDraft& p, const Arguments& a) {
      p.claims["nbf"] =
          unix_seconds(p.now) + std::chrono::duration_cast<std::chrono::seconds>(a.duration("by")).count();
    });

}  // namespace firstlight::fault::endorse_token
