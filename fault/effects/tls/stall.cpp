#include "fault/plans/tls.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> stall;
const EffectOn<TlsPlan> stall(
    {"stall",
     "The handshake stops at a step, and nobody says so.",
     {Parameter{.name = "step",
                .kind = Kind::choice,
                .summary = "server-hello: it is never sent; certificate: only the ServerHello is sent.",
                .fallback = "server-hello",
                .choices = {"server-hello", "certificate"}}}},
    [](TlsPlan& p, const Arguments& a) {
      p.stall = a.text("step") == "certificate" ? TlsPlan::Stall::certificate : TlsPlan::Stall::server_hello;
    });

}  // namespace firstlight::fault::tls
