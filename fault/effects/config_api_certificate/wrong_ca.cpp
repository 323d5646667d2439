#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> wrong_ca;
const EffectOn<CertificatePlan> wrong_ca(
    {"wrong-ca", "The device certificate is from an authority that nobody knows, and is not registered."},
    [](CertificatePlan& p, const Arguments&) { p.foreign_authority = true; });

}  // namespace firstlight::fault::config_api_certificate
