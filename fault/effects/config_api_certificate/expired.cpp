#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> expired;
const EffectOn<CertificatePlan> expired(
    {"expired",
     "The device certificate has expired.",
     {Parameter{
         .name = "ago", .kind = Kind::duration, .summary = "How long ago, by the lab's clock.", .fallback = "1h"}}},
    [](CertificatePlan& p, const Arguments& a) { p.dates.expired = a.duration("ago"); });

}  // namespace firstlight::fault::config_api_certificate
