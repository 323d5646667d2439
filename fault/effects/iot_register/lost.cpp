#include "fault/plans/iot_register.hpp"

namespace firstlight::fault::iot_register {

extern const EffectOn<RegisterPlan> lost;
const EffectOn<RegisterPlan> lost({"lost", "The registry says that it stored the certificate, and did not."},
                                  [](RegisterPlan& p, const Arguments&) { p.answer = RegisterPlan::Answer::lost; });

}  // namespace firstlight::fault::iot_register
