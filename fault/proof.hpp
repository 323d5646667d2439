// Which of the injections of one attempt count: those without which something else would have come of it. Called by
// every point that lets several rules edit one plan, before it calls fired() on any of them; pure.
#pragma once

#include <functional>

#include "fault/engine.hpp"

namespace firstlight::fault {

/// What the rules of the injections, in their order, make of the plan.
template <class Plan>
[[nodiscard]] Plan plan_of(const Injections& injections, Plan plan = {}) {
  for (const auto& injection : injections) Engine::apply(plan, injection.rule());
  return plan;
}

/// What the injection's rule alone makes of a fresh plan.
template <class Plan>
[[nodiscard]] Plan own_plan(const Injection& injection) {
  Plan plan;
  Engine::apply(plan, injection.rule());
  return plan;
}

/// Whether the injection's rule by itself changes that member of a fresh plan: `edits(injection, &LinkPlan::reset)`.
template <class Plan, class Member>
[[nodiscard]] bool edits(const Injection& injection, Member Plan::*member) {
  return own_plan<Plan>(injection).*member != Plan{}.*member;
}

/// Takes away, from the front, every injection without which the others still do just the same. Of those that say the
/// same, the last stays.
[[nodiscard]] Injections without_idle(Injections injections,
                                      const std::function<bool(const Injections& others)>& does_the_same);

/// The injections without which `outcome(injections)` would be another value. `outcome` applies the injections that it
/// is given to a fresh plan and says what comes of it: what a device can tell, or what is carried out.
template <class Outcome>
[[nodiscard]] Injections effective(Injections injections, const Outcome& outcome) {
  if (injections.empty()) return injections;
  const auto whole = outcome(injections);
  return without_idle(std::move(injections), [&](const Injections& others) { return outcome(others) == whole; });
}

/// The same where all of the plan is carried out, so that the plans themselves are compared.
template <class Plan>
[[nodiscard]] Injections effective_on(Injections injections) {
  return effective(std::move(injections), [](const Injections& those) { return plan_of<Plan>(those); });
}

}  // namespace firstlight::fault
