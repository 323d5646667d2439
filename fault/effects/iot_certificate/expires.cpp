#include "fault/plans/iot_certificate.hpp"

namespace firstlight::fault::iot_certificate {

extern const EffectOn<CertificateStatusPlan> expires;
const EffectOn<CertificateStatusPlan> expires(
    {"expires",
     "The certificate ends soon after its issue, in mid-session.",
     {Parameter{
         .name = "in", .kind = Kind::duration, .summary = "From its issue, in whole seconds.", .least = 1000000}}},
    [](CertificateStatusPlan& p, const Arguments& a) { p.expires_in = a.duration("in"); });

}  // namespace firstlight::fault::iot_certificate
