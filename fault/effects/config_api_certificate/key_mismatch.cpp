#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> key_mismatch;
const EffectOn<CertificatePlan> key_mismatch({"key-mismatch", "The private key is not the certificate's."},
                                             [](CertificatePlan& p, const Arguments&) { p.foreign_key = true; });

}  // namespace firstlight::fault::config_api_certificate
