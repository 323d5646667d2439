#include "fault/plans.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<FatePlan> revoked;
const EffectOn<FatePlan> revoked(
    {"revoked", "The certificate becomes REVOKED: when it is issued, or at the rule's moment.", {}, Moment::either},
    [](FatePlan& p, const Arguments&) { p.status = FatePlan::Status::revoked; });

}  // namespace firstlight::fault::iot_certificate
