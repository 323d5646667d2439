#include "fault/plans/iot_register.hpp"

namespace firstlight::fault::iot_register {

extern const EffectOn<RegisterPlan> error;
const EffectOn<RegisterPlan> error({"error", "The registry fails."},
                                   [](RegisterPlan& p, const Arguments&) { p.answer = RegisterPlan::Answer::error; });

}  // namespace firstlight::fault::iot_register
