#include "fault/plans/link.hpp"

namespace firstlight::fault::link {

extern const EffectOn<LinkPlan> latency;
const EffectOn<LinkPlan> latency(
    {"latency",
     "Every piece of data arrives later, in both directions.",
     {Parameter{.name = "of", .kind = Kind::duration, .summary = "The least delay, one way."},
      Parameter{.name = "spread", .kind = Kind::duration, .summary = "What is added at random.", .fallback = "0s"},
      Parameter{.name = "shape",
                .kind = Kind::choice,
                .summary = "uniform: between 0 and the spread; exponential: with the spread as mean.",
                .fallback = "uniform",
                .choices = {"uniform", "exponential"}}}},
    [](LinkPlan& p, const Arguments& a) {
      p.latency.base += a.duration("of");
      p.latency.spread = a.duration("spread");
      p.latency.exponential = a.text("shape") == "exponential";
    });

}  // namespace firstlight::fault::link
