#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> half_close;
const EffectOn<LinkPlan> half_close({"half-close",
                                     "The lab ends its direction (FIN) and still reads.",
                                     {Parameter{.name = "after",
                                                .kind = Kind::bytes,
                                                .summary = "Payload that passes before, in both directions together.",
                                                .fallback = "0B"}}},
                                    [](LinkPlan& p, const Arguments& a) { p.half_close_after = a.integer("after"); });

}  // namespace firstlight::fault::link
