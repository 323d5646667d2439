#include "fault/plans.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> reset;
const EffectOn<LinkPlan> reset(
    {"reset",
     "The connection is reset (TCP RST).",
     {Parameter{.name = "when",
                .kind = Kind::choice,
                .summary = "before-tls: when the ClientHello has arrived; after-tls: when the handshake is complete.",
                .fallback = "at-once",
                .choices = {"at-once", "before-tls", "after-tls", "after-bytes"}},
      Parameter{.name = "bytes",
                .kind = Kind::bytes,
                .summary = "For after-bytes: payload in both directions together.",
                .fallback = "0B"}}},
    [](LinkPlan& p, const Arguments& a) {
      const auto& when = a.text("when");
      p.reset = when == "at-once"      ? LinkPlan::Cut::at_once
                : when == "before-tls" ? LinkPlan::Cut::before_tls
                : when == "after-tls"  ? LinkPlan::Cut::after_tls
                                       : LinkPlan::Cut::after_bytes;
      p.reset_after = a.integer("bytes");
    });

}  // namespace firstlight::fault::link
