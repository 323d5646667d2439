#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> cipher;
const EffectOn<TlsPlan> cipher({"cipher",
                                "The server accepts one cipher suite only.",
                                {Parameter{.name = "only",
                                           .kind = Kind::choice,
                                           .summary = "OpenSSL's name of it.",
                                           .choices = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                                       "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
                                                       "ECDHE-ECDSA-CHACHA20-POLY1305"}}}},
                               [](TlsPlan& p, const Arguments& a) { p.cipher = a.text("only"); });

}  // namespace firstlight::fault::tls
