#include "fault/plans.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> self_signed;
const EffectOn<TlsPlan> self_signed({"self-signed", "The server's certificate is signed by its own key."},
                                    [](TlsPlan& p, const Arguments&) {
                                      p.certificate = TlsPlan::Certificate::self_signed;
                                    });

}  // namespace firstlight::fault::tls
