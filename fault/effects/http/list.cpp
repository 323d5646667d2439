#include "fault/effects/lists.hpp"
#include "fault/plans.hpp"

namespace firstlight::fault::http {

extern const EffectOn<HttpPlan> status, delay, truncated, garbage, wrong_length, chunked, empty, html, redirect;

const std::vector<const EffectInfo*>& effects() {
  static const std::vector<const EffectInfo*> all{&status,  &delay, &truncated, &garbage, &wrong_length,
                                                  &chunked, &empty, &html,      &redirect};
  return all;
}

}  // namespace firstlight::fault::http
