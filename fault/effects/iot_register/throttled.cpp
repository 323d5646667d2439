#include "fault/plans/iot_register.hpp"

namespace firstlight::fault::iot_register {

extern const EffectOn<RegisterPlan> throttled;
const EffectOn<RegisterPlan> throttled({"throttled", "The registry is throttled."},
                                       [](RegisterPlan& p, const Arguments&) {
                                         p.answer = RegisterPlan::Answer::throttled;
                                       });

}  // namespace firstlight::fault::iot_register
