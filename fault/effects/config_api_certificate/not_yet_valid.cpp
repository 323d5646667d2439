#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> not_yet_valid;
const EffectOn<CertificatePlan> not_yet_valid(
    {"not-yet-valid",
     "The device certificate is not valid yet.",
     {Parameter{
         .name = "in", .kind = Kind::duration, .summary = "When it will be, by the lab's clock.", .fallback = "1h"}}},
    [](CertificatePlan& p, const Arguments& a) { p.dates.not_yet_valid = a.duration("in"); });

}  // namespace firstlight::fault::config_api_certificate
