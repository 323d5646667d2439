#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

namespace {

constexpr std::int64_t kUsualLifetime = 600;  // seconds

}  // namespace

extern const EffectOn<TokenDraft> expired;
const EffectOn<TokenDraft> expired(
    {"expired",
     "The token has expired.",
     {Parameter{
         .name = "ago", .kind = Kind::duration, .summary = "How long ago, in whole seconds.", .fallback = "1h"}}},
    [](TokenDraft& p, const Arguments& a) {
      const auto ago = std::chrono::duration_cast<std::chrono::seconds>(a.duration("ago")).count();
      const auto issued = p.claims.value("iat", unix_seconds(p.now));  // another rule may have removed it
      const auto lifetime = p.claims.value("exp", issued + kUsualLifetime) - issued;
      p.claims["exp"] = unix_seconds(p.now) - ago;
      p.claims["iat"] = unix_seconds(p.now) - ago - lifetime;
      p.claims["nbf"] = unix_seconds(p.now) - ago - lifetime - 60;
    });

}  // namespace firstlight::fault::endorse_token
