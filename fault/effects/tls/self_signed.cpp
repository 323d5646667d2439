#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> self_signed;
const EffectOn<TlsPlan> self_signed({"self-signed", "The server's certificate is signed by its own key."},
                                    [](TlsPlan& p, const Arguments&) {
                                      p.certificate = server_certificate::SelfSigned{};
                                    });

}  // namespace firstlight::fault::tls
