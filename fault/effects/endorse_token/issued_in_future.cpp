#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> issued_in_future;
const EffectOn<TokenDraft> issued_in_future(
    {"issued-in-future",
     "The token says that it will be issued later.",
     {Parameter{
         .name = "by", .kind = Kind::duration, .summary = "How much later, in whole seconds.", .fallback = "30m"}}},
    [](TokenDraft& p, const Arguments& a) {
      p.claims["iat"] =
          unix_seconds(p.now) + std::chrono::duration_cast<std::chrono::seconds>(a.duration("by")).count();
    });

}  // namespace firstlight::fault::endorse_token
