#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> expired;
const EffectOn<TlsPlan> expired(
    {"expired",
     "The server's certificate has expired.",
     {Parameter{
         .name = "ago", .kind = Kind::duration, .summary = "How long ago, by the lab's clock.", .fallback = "1h"}}},
    [](TlsPlan& p, const Arguments& a) { p.certificate = server_certificate::Expired{a.duration("ago")}; });

}  // namespace firstlight::fault::tls
