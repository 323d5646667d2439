#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::tls {

extern const EffectOn<TlsPlan> expired, not_yet_valid, wrong_name, unknown_ca, self_signed, oversized, incomplete_chain,
    version, cipher, max_fragment, alert, stall;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{
      &expired,          &not_yet_valid, &wrong_name, &unknown_ca,   &self_signed, &oversized,
      &incomplete_chain, &version,       &cipher,     &max_fragment, &alert,       &stall};
  return all;
}

}  // namespace firstlight::fault::tls
