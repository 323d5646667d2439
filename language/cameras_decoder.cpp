#include "decode/values.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

Decoder<Arrival> arrival_decoder() {
  Decoder<ArriveAtRate> at_rate;
  Decoder<ArrivePoisson> poisson;
  auto rate = rate_decoder();
  at_rate.schema = poisson.schema = rate.schema;
  at_rate.read = [read = rate.read](DecodeContext& r, const Node& n, ArriveAtRate& out) {
    return read(r, n, out.per_second);
  };
  poisson.read = [read = rate.read](DecodeContext& r, const Node& n, ArrivePoisson& out) {
    return read(r, n, out.per_second);
  };
  auto ramp = map_decoder<ArriveRamp>(
      "ramp",
      {field("from", &ArriveRamp::from_per_second, rate_decoder({.may_be_zero = true}), "The rate at the start.")
           .required(),
       field("to", &ArriveRamp::to_per_second, rate_decoder(), "The rate at the ramp's end, and after it.").required(),
       field("over", &ArriveRamp::over, duration_decoder(), "How long the ramp takes.").required()});
  return choice_decoder<Arrival>(
      "arrival", {word<Arrival>("at_once", ArriveAtOnce{}),
                  keyed<Arrival>("rate", std::move(at_rate), "This number of cameras a second, evenly spaced."),
                  keyed<Arrival>("poisson", std::move(poisson), "Independent arrivals at this mean rate."),
                  keyed<Arrival>("ramp", std::move(ramp), "A rate that rises or falls.")});
}

Decoder<Agent> agent_decoder() {
  return choice_decoder<Agent>("agent", {word<Agent>("simulated", SimulatedAgent{}),
                                         later_alternative<Agent>("process"), later_alternative<Agent>("external")});
}

}  // namespace

Decoder<Cameras> cameras_decoder() {
  return map_decoder<Cameras>(
      "cameras",
      {field("count", &Cameras::count, small_integer_decoder(1, kMaxCameras), "How many cameras.").required(),
       field("agent", &Cameras::agent, agent_decoder(), "What plays the cameras.").otherwise("simulated"),
       field("arrive", &Cameras::arrive, arrival_decoder(), "When the cameras are switched on.").otherwise("at_once"),
       field("firmware", &Cameras::firmware, firmware_decoder(), "How the simulated cameras behave.")});
}

}  // namespace firstlight::language
