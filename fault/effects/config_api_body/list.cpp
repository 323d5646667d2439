#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::config_api_body {

extern const EffectOn<BodyDraft> missing_field, mistyped_field, huge;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&missing_field, &mistyped_field, &huge};
  return all;
}

}  // namespace firstlight::fault::config_api_body
