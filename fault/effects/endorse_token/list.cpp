#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::endorse_token {

extern const EffectOn<TokenDraft> flipped_signature, unknown_key, alg_none, hs256_public_key, unknown_kid,
    path_traversing_kid, url_kid, expired, not_before_in_future, issued_in_future, wrong_issuer, wrong_audience,
    wrong_subject, audience_array, funk_token, missing_claim, other_imsi, truncated, not_a_jws, oversized;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{
      &flipped_signature,    &unknown_key,         &alg_none,     &hs256_public_key,
      &unknown_kid,          &path_traversing_kid, &url_kid,      &expired,
      &not_before_in_future, &issued_in_future,    &wrong_issuer, &wrong_audience,
      &wrong_subject,        &audience_array,      &funk_token,   &missing_claim,
      &other_imsi,           &truncated,           &not_a_jws,    &oversized};
  return all;
}

}  // namespace firstlight::fault::endorse_token
