#include "fault/plans.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> unknown_ca;
const EffectOn<TlsPlan> unknown_ca({"unknown-ca", "The server's certificate is from an authority that nobody knows."},
                                   [](TlsPlan& p, const Arguments&) {
                                     p.certificate = TlsPlan::Certificate::unknown_authority;
                                   });

}  // namespace firstlight::fault::tls
