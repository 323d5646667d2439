#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> lifetime;
const EffectOn<CertificatePlan> lifetime(
    {"lifetime",
     "The device certificate lives short.",
     {Parameter{.name = "of", .kind = Kind::duration, .summary = "From its issue."}}},
    [](CertificatePlan& p, const Arguments& a) { p.dates.lifetime = a.duration("of"); });

}  // namespace firstlight::fault::config_api_certificate
