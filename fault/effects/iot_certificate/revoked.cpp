#include "fault/plans/iot_certificate.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<CertificateStatusPlan> revoked;
const EffectOn<CertificateStatusPlan> revoked(
    {"revoked", "The certificate becomes REVOKED: when it is issued, or at the rule's moment.", {}, Moment::either},
    [](CertificateStatusPlan& p, const Arguments&) { p.status = CertificateStatusPlan::Status::revoked; });

}  // namespace firstlight::fault::iot_certificate
