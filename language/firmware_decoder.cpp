// `cameras.firmware`: how the simulated cameras behave, and the bugs that they are to have.
#include "decode/values.hpp"
#include "fault/defects.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

Decoder<RetryPolicy> retry_decoder() {
  const auto check = [](DecodeContext& context, const ValidatedKeys& keys, const RetryPolicy& retry) {
    if (retry.base <= retry.cap || !(keys.has("base") || keys.has("cap"))) return true;
    const auto& node = keys.node(keys.has("cap") ? "cap" : "base");
    context.error(node, fmt::format("the retry cap of {} is below the base of {}", format_duration(retry.cap),
                                    format_duration(retry.base)));
    return false;
  };
  constexpr std::uint32_t kMostFailures = 1'000'000;
  return map_decoder<RetryPolicy>(
      "retry",
      {field("base", &RetryPolicy::base, duration_decoder(), "The first delay before a retry.").otherwise("500ms"),
       field("cap", &RetryPolicy::cap, duration_decoder(), "The longest delay before a retry.").otherwise("30s"),
       field("jitter", &RetryPolicy::jitter,
             words_decoder<Jitter>("jitter", {{"full", Jitter::full}, {"none", Jitter::none}}),
             "full: a delay is drawn evenly between zero and the bound; none: it is the bound.")
           .otherwise("full"),
       field("give_up_after", &RetryPolicy::give_up_after, small_integer_decoder(0, kMostFailures),
             "Consecutive failures after which the camera gives up; 0: never.")
           .otherwise(20),
       field("forbidden", &RetryPolicy::forbidden, duration_decoder(),
             "The long wait after a 403 is drawn between half of it and all.")
           .otherwise("60s"),
       field("retry_after_cap", &RetryPolicy::retry_after_cap, duration_decoder(),
             "A longer Retry-After is shortened to this.")
           .otherwise("10m"),
       field("unauthorized_limit", &RetryPolicy::unauthorized_limit, small_integer_decoder(0, kMostFailures),
             "New tokens after 401s in a row, before the wait is the long one.")
           .otherwise(3),
       field("refusals_before_discard", &RetryPolicy::refusals_before_discard, small_integer_decoder(1, kMostFailures),
             "MQTT refusals in a row before the configuration is discarded.")
           .otherwise(3),
       field("stable_after", &RetryPolicy::stable_after, duration_decoder(),
             "A session that lived so long starts the MQTT back-off anew.")
           .otherwise("30s")},
      check);
}

Decoder<MqttVersion> mqtt_decoder() {
  auto decoder = words_decoder<MqttVersion>("MQTT version", {{"3.1.1", MqttVersion::v3_1_1}, {"5", MqttVersion::v5}});
  decoder.schema["enum"].push_back(5);  // unquoted, the 5 is a number to YAML
  return decoder;
}

Decoder<CameraClock> camera_clock_decoder() {
  return map_decoder<CameraClock>(
      "clock", {field("start", &CameraClock::start, optional_decoder(timestamp_decoder()),
                      "What the camera's clock says at power-on. Without it: the lab's time."),
                field("sync", &CameraClock::sync,
                      words_decoder<ClockSync>("clock synchronisation", {{"network_time", ClockSync::network_time},
                                                                         {"sntp", ClockSync::sntp},
                                                                         {"none", ClockSync::none}}),
                      "network_time: the clock is set when the camera attaches; sntp: a while after that; none: never.")
                    .otherwise("network_time"),
                field("sntp_delay", &CameraClock::sntp_delay, duration_decoder({Duration{0}}),
                      "How long SNTP takes; the camera waits for it.")
                    .otherwise("300ms")});
}

Decoder<StepTimeouts> timeouts_decoder() {
  return map_decoder<StepTimeouts>(
      "timeouts",
      {field("connect", &StepTimeouts::connect, duration_decoder(), "Of the TCP connection.").otherwise("10s"),
       field("handshake", &StepTimeouts::handshake, duration_decoder(), "Of the TLS handshake.").otherwise("10s"),
       field("exchange", &StepTimeouts::exchange, duration_decoder(), "Of an HTTP request and its whole response.")
           .otherwise("15s"),
       field("connack", &StepTimeouts::connack, duration_decoder(), "Until the CONNACK.").otherwise("10s"),
       field("ack", &StepTimeouts::ack, duration_decoder(), "Until a SUBACK, PUBACK or PINGRESP.").otherwise("10s")});
}

fault::Defect defect_of(const std::string& name) {
  return *fault::find_defect(name);
}

/// `none`, one name, or a list of names.
Decoder<fault::DefectSet> defects_decoder() {
  auto one = defect_name_decoder();
  auto many = list_decoder("defects", defect_name_decoder());
  many.schema["uniqueItems"] = true;
  Decoder<fault::DefectSet> decoder;
  decoder.schema["anyOf"] = Json::array({{{"const", "none"}}, one.schema, many.schema});
  decoder.read = [one = std::move(one.read), many = std::move(many.read)](DecodeContext& context, const Node& node,
                                                                          fault::DefectSet& out) {
    std::vector<std::string> names;
    if (node.kind == Node::Kind::scalar && node.text == "none") return true;
    if (node.kind == Node::Kind::sequence) {
      if (!many(context, node, names)) return false;
    } else if (!one(context, node, names.emplace_back())) {
      return false;
    }
    for (const auto& name : names) out.add(defect_of(name));
    return true;
  };
  return decoder;
}

}  // namespace

Decoder<std::string> defect_name_decoder() {
  std::vector<Word<std::string>> words;
  for (const auto& defect : fault::all_defects()) words.push_back({defect.name, std::string(defect.name)});
  return words_decoder<std::string>("defect", std::move(words));
}

Decoder<Firmware> firmware_decoder() {
  const DurationLimits from_zero{Duration{0}};
  const DurationLimits whole_seconds{Duration{0}, std::chrono::seconds(1)};
  return map_decoder<Firmware>(
      "firmware",
      {field("retry", &Firmware::retry, retry_decoder(), "How the camera tries again."),
       field("clock", &Firmware::clock, camera_clock_decoder(), "The camera's own clock."),
       field("timeouts", &Firmware::timeouts, timeouts_decoder(), "How long the camera waits for one step."),
       field("token_leeway", &Firmware::token_leeway, duration_decoder(whole_seconds),
             "The difference that the camera allows between its clock and the token's times.")
           .otherwise("30s"),
       field("attach_delay", &Firmware::attach_delay, duration_decoder(from_zero), "How long an attach takes.")
           .otherwise("0s"),
       field("keep_alive", &Firmware::keep_alive, optional_decoder(duration_decoder(whole_seconds)),
             "The keep-alive of MQTT instead of the configuration's; 0s: none."),
       field("version", &Firmware::version, text_decoder(64), "The firmware version that the camera reports.")
           .otherwise(Firmware{}.version),
       field("mqtt", &Firmware::mqtt, mqtt_decoder(), "The version of MQTT that the camera speaks.").otherwise("3.1.1"),
       field("defect", &Firmware::defects, defects_decoder(),
             "A bug, or several, that the cameras have (docs/firmware-defects.md): the scenario should notice.")
           .otherwise("none")});
}

}  // namespace firstlight::language
