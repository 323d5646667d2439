#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> alert;
const EffectOn<TlsPlan> alert({"alert",
                               "The server answers the ClientHello with a fatal alert.",
                               {Parameter{.name = "number",
                                          .kind = Kind::integer,
                                          .summary = "The alert's number (RFC 8446, section 6).",
                                          .fallback = "40",
                                          .least = 0,
                                          .most = 255}}},
                              [](TlsPlan& p, const Arguments& a) { p.alert = static_cast<int>(a.integer("number")); });

}  // namespace firstlight::fault::tls
