#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> truncated;
const EffectOn<TokenDraft> truncated(
    {"truncated",
     "The token breaks off.",
     {Parameter{.name = "keep", .kind = Kind::bytes, .summary = "What is left of it.", .fallback = "100B"}}},
    [](TokenDraft& p, const Arguments& a) { p.keep_bytes = static_cast<std::size_t>(a.integer("keep")); });

}  // namespace firstlight::fault::endorse_token
