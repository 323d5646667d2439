#include "fault/plans.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<FatePlan> inactive;
const EffectOn<FatePlan> inactive(
    {"inactive", "The certificate becomes INACTIVE: when it is issued, or at the rule's moment.", {}, Moment::either},
    [](FatePlan& p, const Arguments&) { p.status = FatePlan::Status::inactive; });

}  // namespace firstlight::fault::iot_certificate
