// One rule of `faults:`: the keys that all rules have, and what only the whole rule can contradict.
#include <algorithm>

#include "harness/scenario/event_fields.hpp"
#include "harness/scenario/faults_form.hpp"
#include "harness/scenario/language.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

Form<double> probability_form() {
  Form<double> form;
  form.schema = {{"type", "string"}, {"pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}};
  form.read = [](Reading& reading, const Node& node, double& out) {
    const fault::Parameter percent{.name = "probability", .kind = fault::Kind::percent, .summary = "", .least = 1};
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "a percentage", "for example 50%");
    const auto value = fault::parse_value(percent, node.text);
    if (const auto* share = std::get_if<fault::Value>(&value); share && std::get<std::int64_t>(*share) > 0)
      return out = static_cast<double>(std::get<std::int64_t>(*share)) / 100'00, true;
    return wrong_type(reading, node, "a percentage above 0% and at most 100%", "for example 50%");
  };
  return form;
}

Form<fault::Window> window_form() {
  DurationLimits from_zero;
  from_zero.least = Duration{0};
  auto item = duration_form(from_zero);
  Form<fault::Window> form;
  form.schema = {{"type", "array"}, {"minItems", 2}, {"maxItems", 2}, {"items", item.schema}};
  form.read = [read = item.read](Reading& reading, const Node& node, fault::Window& out) {
    constexpr std::string_view kHint = "from and to, for example [2s, 30s]";
    if (node.kind != Node::Kind::sequence)
      return wrong_type(reading, node, "a list of two durations", std::string(kHint));
    if (node.items.size() != 2)
      return reading.mistake(node, fmt::format("a window is two durations, found {}", node.items.size()),
                             std::string(kHint)),
             false;
    Duration to{};
    const bool ok = read(reading, *node.items[0], out.from);
    if (!read(reading, *node.items[1], to) || !ok) return false;
    out.to = to;
    if (to > out.from) return true;
    reading.mistake(*node.items[1], fmt::format("the window must end after it begins: it begins at {} and ends at {}",
                                                format_duration(out.from), format_duration(to)));
    return false;
  };
  return form;
}

Form<std::string> event_form() {
  Form<std::string> form;
  for (const auto name : event_names()) form.schema["enum"].push_back(name);
  form.schema["enum"].push_back("http_request");
  form.read = [](Reading& reading, const Node& node, std::string& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "an event's name", "as the journal names it");
    out = event_named(node.text);
    if (!out.empty()) return true;
    reading.mistake(node, fmt::format("unknown event {}", in_quotes(node.text)), suggestion(node.text, event_names()));
    return false;
  };
  return form;
}

Form<fault::Trigger> trigger_form() {
  DurationLimits from_zero;
  from_zero.least = Duration{0};
  auto form = map_form<fault::Trigger>(
      "after",
      {field("event", &fault::Trigger::event, event_form(), "The event of the journal that arms the rule.").required(),
       field("delay", &fault::Trigger::delay, duration_form(from_zero), "How long after it the rule begins.")
           .otherwise("0s"),
       field("lasts", &fault::Trigger::lasts, optional_form(duration_form()),
             "How long it then applies. Without it: to the scenario's end.")});
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, fault::Trigger& out) {
    if (node.kind == Node::Kind::map) return read(reading, node, out);
    return wrong_type(reading, node, "a map (after)", "for example {event: camera_online, delay: 2s}");
  };
  return form;
}

/// Of a rule whose keys are all well.
bool check_rule(Reading& reading, const Node& map, const FaultRule& rule) {
  const auto mistake = [&](std::string_view key, std::string message, std::string hint = {}) {
    reading.mistake(*map.find(key), std::move(message), std::move(hint));
    return false;
  };
  if (rule.between && rule.after)
    return mistake("after", "a rule has \"between\" or \"after\", not both", "\"after\" has \"lasts\" for its length");
  if (rule.after && rule.at != "broker" && has_no_camera(rule.after->event)) {
    reading.mistake(*map.find("after")->find("event"),
                    fmt::format("no camera has the event {}: at {} the rule would never begin",
                                in_quotes(rule.after->event), rule.at),
                    "every event but broker_started, broker_exited and run_ended has a camera: for example power_on, "
                    "mqtt_connected, camera_online or camera_offline");
    return false;
  }
  if (rule.at == "broker" && !rule.cameras.all())
    return mistake("cameras", fmt::format("\"{}\" concerns all cameras: it cannot be for some", rule.effect),
                   "leave \"cameras\" out");
  if (rule.effect == "refuse" && !rule.between)
    return mistake(rule.after ? "after" : "inject", "\"refuse\" needs a window of scenario time",
                   "add between: [0s, 5s]");
  const bool timed = rule.between || rule.after;
  const bool scheduled =
      rule.what->moment == fault::Moment::scheduled || (rule.what->moment == fault::Moment::either && timed);
  if (rule.what->moment == fault::Moment::scheduled && !timed)
    return mistake("inject", fmt::format("\"{}\" happens at a moment, and the rule names none", rule.effect),
                   "add between: [5s, 10s], or after: {event: camera_online}");
  if (scheduled && map.find("attempts"))
    return mistake(
        "attempts",
        fmt::format("\"{}\" happens at the rule's moment, once: there are no attempts to choose from", rule.effect),
        "leave \"attempts\" out");
  return true;
}

}  // namespace

Form<FaultRule> fault_form() {
  auto form = map_form<FaultRule>(
      "the fault",
      {field("id", &FaultRule::id, slug_form("a fault's id"), "Names the rule in journals and reports.").required(),
       at_field().required(), inject_field().required(),
       field("cameras", &FaultRule::cameras, fault_cameras_form(),
             "Whom it concerns: all, a percentage or a number of cameras, [3, 7], or 1..10.")
           .otherwise("all"),
       field("attempts", &FaultRule::attempts, attempts_form(),
             "Which of a camera's attempts: all, first 2, from 3, only 2, every 3.")
           .otherwise("all"),
       field("probability", &FaultRule::probability, probability_form(), "Of each attempt that is meant.")
           .otherwise("100%"),
       field("between", &FaultRule::between, optional_form(window_form()), "Scenario time, from and to."),
       field("after", &FaultRule::after, optional_form(trigger_form()), "An event that makes the rule apply.")});
  form.schema["allOf"] = inject_by_point();
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, FaultRule& out) {
    if (node.kind != Node::Kind::map)
      return wrong_type(reading, node, "a map (the fault)", "for example {id: cut, at: link.mqtt, inject: reset}");
    out.position = reading.position(node);
    bool ok = read(reading, node, out);
    // The effects depend on the point, which may stand below.
    const Node* inject = node.find("inject");
    if (inject && out.point) ok = read_inject(reading, *inject, out) && ok;
    out.repeatable = !out.between && !out.after && out.attempts.last != UINT32_MAX;
    return ok && check_rule(reading, node, out);
  };
  return form;
}

Form<std::vector<FaultRule>> faults_form() {
  auto form = list_form("faults", fault_form());
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, std::vector<FaultRule>& out) {
    bool ok = read(reading, node, out);
    std::vector<std::pair<std::string_view, std::size_t>> seen;
    for (const Node* item : node.items) {
      const auto* id = item->kind == Node::Kind::map ? item->find("id") : nullptr;
      if (!id || id->text.empty() || seen.size() >= 1000) continue;
      const auto at = std::find_if(seen.begin(), seen.end(), [&](const auto& s) { return s.first == id->text; });
      if (at != seen.end()) {
        reading.mistake(
            *id, fmt::format("two faults have the id {}; line {} has it already", in_quotes(id->text), at->second));
        ok = false;
      }
      seen.emplace_back(id->text, reading.position(*id).line);
    }
    return ok;
  };
  return form;
}

}  // namespace firstlight::harness
