#include "fault/plans/link.hpp"

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
      using When = LinkPlan::Reset::When;
      const auto& when = a.text("when");
      if (when == "after-bytes") p.reset = LinkPlan::Reset{When::after_bytes, a.integer("bytes")};
      if (when == "at-once") p.reset = LinkPlan::Reset{When::at_once};
      if (when == "before-tls") p.reset = LinkPlan::Reset{When::before_tls};
      if (when == "after-tls") p.reset = LinkPlan::Reset{When::after_tls};
    });

}  // namespace firstlight::fault::link
