#include "fault/plans/config_api_certificate.hpp"

namespace firstlight::fault::config_api_certificate {

extern const EffectOn<CertificatePlan> other_device;
const EffectOn<CertificatePlan> other_device({"other-device",
                                              "The camera is handed another device's certificate and key."},
                                             [](CertificatePlan& p, const Arguments&) { p.other_device = true; });

}  // namespace firstlight::fault::config_api_certificate
