#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> unknown_ca;
const EffectOn<TlsPlan> unknown_ca({"unknown-ca", "The server's certificate is from an authority that nobody knows."},
                                   [](TlsPlan& p, const Arguments&) {
                                     p.certificate = server_certificate::UnknownAuthority{};
                                   });

}  // namespace firstlight::fault::tls
