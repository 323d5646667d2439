#include "fault/plans/iot_certificate.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<CertificateStatusPlan> inactive;
const EffectOn<CertificateStatusPlan> inactive(
    {"inactive", "The certificate becomes INACTIVE: when it is issued, or at the rule's moment.", {}, Moment::either},
    [](CertificateStatusPlan& p, const Arguments&) { p.status = CertificateStatusPlan::Status::inactive; });

}  // namespace firstlight::fault::iot_certificate
