#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> max_fragment;
const EffectOn<TlsPlan> max_fragment({"max-fragment",
                                      "The server's records are small.",
                                      {Parameter{.name = "bytes",
                                                 .kind = Kind::bytes,
                                                 .summary = "Plaintext a record.",
                                                 .fallback = "512B",
                                                 .least = 512,
                                                 .most = 16384}}},
                                     [](TlsPlan& p, const Arguments& a) { p.max_fragment = a.integer("bytes"); });

}  // namespace firstlight::fault::tls
