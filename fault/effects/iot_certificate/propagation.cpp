#include "fault/plans/iot_certificate.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<CertificateStatusPlan> propagation;
const EffectOn<CertificateStatusPlan> propagation(
    {"propagation",
     "The edge learns late of the certificate.",
     {Parameter{.name = "delay", .kind = Kind::duration, .summary = "How late."}}},
    [](CertificateStatusPlan& p, const Arguments& a) { p.propagation = a.duration("delay"); });

}  // namespace firstlight::fault::iot_certificate
