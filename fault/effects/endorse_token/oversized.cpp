#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> oversized;
const EffectOn<TokenDraft> oversized({"oversized",
                                      "A token larger than any device should read.",
                                      {Parameter{.name = "bytes",
                                                 .kind = Kind::bytes,
                                                 .summary = "Of padding in it.",
                                                 .fallback = "64KiB",
                                                 .least = 1,
                                                 .most = 1048576}}},
                                     [](TokenDraft& p, const Arguments& a) {
                                       p.claims["soracom-endorse-claim"]["requestParameters"]["padding"] =
                                           std::string(static_cast<std::size_t>(a.integer("bytes")), 'x');
                                     });

}  // namespace firstlight::fault::endorse_token
