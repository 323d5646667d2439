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

Form<RetryPolicy> retry_form() {
  const auto check = [](Reading& reading, const Good& good, const RetryPolicy& retry) {
    if (retry.base <= retry.cap || !(good.has("base") || good.has("cap"))) return true;
    const auto& node = good.node(good.has("cap") ? "cap" : "base");
    reading.mistake(node, fmt::format("the retry cap of {} is below the base of {}", format_duration(retry.cap),
                                      format_duration(retry.base)));
    return false;
  };
  constexpr std::uint32_t kMostFailures = 1'000'000;
  return map_form<RetryPolicy>(
      "retry",
      {field("base", &RetryPolicy::base, duration_form(), "The first delay before a retry.").otherwise("500ms"),
       field("cap", &RetryPolicy::cap, duration_form(), "The longest delay before a retry.").otherwise("30s"),
       field("jitter", &RetryPolicy::jitter,
             words_form<Jitter>("jitter", {{"full", Jitter::full}, {"none", Jitter::none}}),
             "full: a delay is drawn evenly between zero and the bound; none: it is the bound.")
           .otherwise("full"),
       field("give_up_after", &RetryPolicy::give_up_after, small_integer_form(0, kMostFailures),
             "Consecutive failures after which the camera gives up; 0: never.")
           .otherwise(20)},
      check);
}

Form<MqttVersion> mqtt_form() {
  auto form = words_form<MqttVersion>("MQTT version", {{"3.1.1", MqttVersion::v3_1_1}, {"5", MqttVersion::v5}});
  form.schema["enum"].push_back(5);  // unquoted, the 5 is a number to YAML
  return form;
}

Form<Firmware> firmware_form() {
  auto clock = map_form<CameraClock>(
      "clock",
      {field("start", &CameraClock::start, optional_form(timestamp_form()),
             "What the camera's clock says at power-on. Without it: the lab's time."),
       field("sync", &CameraClock::sync,
             words_form<ClockSync>("clock synchronisation",
                                   {{"network_time", ClockSync::network_time}, {"none", ClockSync::none}}, {"sntp"}),
             "network_time: the clock is set when the camera attaches; none: never.")
           .otherwise("network_time")});
  return map_form<Firmware>(
      "firmware",
      {field("retry", &Firmware::retry, retry_form(), "How the camera tries again."),
       field("clock", &Firmware::clock, std::move(clock), "The camera's own clock."),
       field("version", &Firmware::version, text_form(64), "The firmware version that the camera reports.")
           .otherwise(Firmware{}.version),
       field("mqtt", &Firmware::mqtt, mqtt_form(), "The version of MQTT that the camera speaks.").otherwise("3.1.1"),
       later<Firmware>("defect")});
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
