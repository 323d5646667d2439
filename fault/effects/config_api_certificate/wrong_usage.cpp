#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> wrong_usage;
const EffectOn<CertificatePlan> wrong_usage({"wrong-usage", "The device certificate is for servers only."},
                                            [](CertificatePlan& p, const Arguments&) { p.server_usage = true; });

}  // namespace firstlight::fault::config_api_certificate
