#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> expired, not_yet_valid, lifetime, key_mismatch, wrong_ca, wrong_usage,
    other_device, weak_key;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&expired,  &not_yet_valid, &lifetime,     &key_mismatch,
                                                  &wrong_ca, &wrong_usage,   &other_device, &weak_key};
  return all;
}

}  // namespace firstlight::fault::config_api_certificate
