#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> not_yet_valid;
const EffectOn<TlsPlan> not_yet_valid(
    {"not-yet-valid",
     "The server's certificate is not valid yet.",
     {Parameter{
         .name = "in", .kind = Kind::duration, .summary = "When it will be, by the lab's clock.", .fallback = "1h"}}},
    [](TlsPlan& p, const Arguments& a) { p.certificate = server_certificate::NotYetValid{a.duration("in")}; });

}  // namespace firstlight::fault::tls
