#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> incomplete_chain;
const EffectOn<TlsPlan> incomplete_chain(
    {"incomplete-chain", "The server's certificate is from an intermediate authority that the server does not send."},
    [](TlsPlan& p, const Arguments&) { p.certificate = server_certificate::IncompleteChain{}; });

}  // namespace firstlight::fault::tls
