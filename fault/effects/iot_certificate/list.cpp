#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<CertificateStatusPlan> inactive, revoked, expires, propagation;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&inactive, &revoked, &expires, &propagation};
  return all;
}

}  // namespace firstlight::fault::iot_certificate
