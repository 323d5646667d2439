#include "fault/plans/iot_verify.hpp"

namespace firstlight::fault::iot_verify {

extern const EffectOn<VerifyPlan> down;
const EffectOn<VerifyPlan> down({"down", "The edge cannot check certificates and refuses the connection."},
                                [](VerifyPlan& p, const Arguments&) { p.down = true; });

}  // namespace firstlight::fault::iot_verify
