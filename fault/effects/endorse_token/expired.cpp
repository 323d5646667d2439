#include "fault/plans.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> expired;
const EffectOn<TokenDraft> expired(
    {"expired",
     "The token has expired.",
     {Parameter{
         .name = "ago", .kind = Kind::duration, .summary = "How long ago, in whole seconds.", .fallback = "1h"}}},
    [](TokenDraft& p, const Arguments& a) {
      const auto ago = std::chrono::duration_cast<std::chrono::seconds>(a.duration("ago")).count();
      const auto lifetime = p.claims["exp"].get<std::int64_t>() - p.claims["iat"].get<std::int64_t>();
      p.claims["exp"] = unix_seconds(p.now) - ago;
      p.claims["iat"] = unix_seconds(p.now) - ago - lifetime;
      p.claims["nbf"] = unix_seconds(p.now) - ago - lifetime - 60;
    });

}  // namespace firstlight::fault::endorse_token
