#include "fault/plans/iot_register.hpp"

namespace firstlight::fault::iot_register {

extern const EffectOn<RegisterPlan> slow;
const EffectOn<RegisterPlan> slow({"slow",
                                   "The registry answers late.",
                                   {Parameter{.name = "by", .kind = Kind::duration, .summary = "How late."}}},
                                  [](RegisterPlan& p, const Arguments& a) { p.delay += a.duration("by"); });

}  // namespace firstlight::fault::iot_register
