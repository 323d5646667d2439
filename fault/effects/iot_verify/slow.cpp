#include "fault/plans/iot_verify.hpp"

namespace firstlight::fault::iot_verify {

extern const EffectOn<VerifyPlan> slow;
const EffectOn<VerifyPlan> slow({"slow",
                                 "The edge waits for the certificate's check.",
                                 {Parameter{.name = "by", .kind = Kind::duration, .summary = "How long."}}},
                                [](VerifyPlan& p, const Arguments& a) { p.delay += a.duration("by"); });

}  // namespace firstlight::fault::iot_verify
