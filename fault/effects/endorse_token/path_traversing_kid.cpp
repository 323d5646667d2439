#include "fault/plans/endorse_token.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> path_traversing_kid;
const EffectOn<TokenDraft> path_traversing_kid({"path-traversing-kid", "The key id climbs out of its folder."},
                                               [](TokenDraft& p, const Arguments&) {
                                                 p.header["kid"] = "../../../etc/passwd";
                                               });

}  // namespace firstlight::fault::endorse_token
