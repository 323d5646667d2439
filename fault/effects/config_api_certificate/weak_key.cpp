#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> weak_key;
const EffectOn<CertificatePlan> weak_key({"weak-key", "The device key is RSA with 1024 bits."},
                                         [](CertificatePlan& p, const Arguments&) { p.weak_key = true; });

}  // namespace firstlight::fault::config_api_certificate
