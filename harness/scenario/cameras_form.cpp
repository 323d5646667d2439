#include "harness/scenario/language.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

Form<Arrival> arrival_form() {
  Form<ArriveAtRate> at_rate;
  Form<ArrivePoisson> poisson;
  auto rate = rate_form();
  at_rate.schema = poisson.schema = rate.schema;
  at_rate.read = [read = rate.read](Reading& r, const Node& n, ArriveAtRate& out) {
    return read(r, n, out.per_second);
  };
  poisson.read = [read = rate.read](Reading& r, const Node& n, ArrivePoisson& out) {
    return read(r, n, out.per_second);
  };
  auto ramp = map_form<ArriveRamp>(
      "ramp",
      {field("from", &ArriveRamp::from_per_second, rate_form(true), "The rate at the start.").required(),
       field("to", &ArriveRamp::to_per_second, rate_form(), "The rate at the ramp's end, and after it.").required(),
       field("over", &ArriveRamp::over, duration_form(), "How long the ramp takes.").required()});
  return choice_form<Arrival>("arrival",
                              {word<Arrival>("at_once", ArriveAtOnce{}),
                               keyed<Arrival>("rate", std::move(at_rate), "So many cameras a second, evenly spaced."),
                               keyed<Arrival>("poisson", std::move(poisson), "Independent arrivals at this mean rate."),
                               keyed<Arrival>("ramp", std::move(ramp), "A rate that rises or falls.")});
}

Form<Agent> agent_form() {
  return choice_form<Agent>("agent", {word<Agent>("simulated", SimulatedAgent{}), later_alternative<Agent>("process"),
                                      later_alternative<Agent>("external")});
}

}  // namespace

Form<Cameras> cameras_form() {
  return map_form<Cameras>(
      "cameras",
      {field("count", &Cameras::count, small_integer_form(1, kMaxCameras), "How many cameras.").required(),
       field("agent", &Cameras::agent, agent_form(), "What plays the cameras.").otherwise("simulated"),
       field("arrive", &Cameras::arrive, arrival_form(), "When the cameras are switched on.").otherwise("at_once"),
       field("firmware", &Cameras::firmware, firmware_form(), "The manners of the simulated cameras.")});
}

}  // namespace firstlight::harness
