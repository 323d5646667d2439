#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> oversized;
const EffectOn<TlsPlan> oversized({"oversized",
                                   "The server sends a chain of many certificates.",
                                   {Parameter{.name = "bytes",
                                              .kind = Kind::bytes,
                                              .summary = "The chain's size, at least.",
                                              .fallback = "16KiB",
                                              .least = 1024,
                                              .most = 65536}}},
                                  [](TlsPlan& p, const Arguments& a) {
                                    p.certificate = server_certificate::Oversized{a.integer("bytes")};
                                  });

}  // namespace firstlight::fault::tls
