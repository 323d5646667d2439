// One rule of `faults:`: the keys that all rules have, and what only the whole rule can contradict.
#include <algorithm>

#include "decode/values.hpp"
#include "language/event_fields.hpp"
#include "language/faults_decoder.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

Decoder<double> probability_decoder() {
  Decoder<double> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}};
  decoder.read = [](DecodeContext& context, const Node& node, double& out) {
    const fault::Parameter percent{.name = "probability", .kind = fault::Kind::percent, .summary = "", .least = 1};
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "a percentage", "for example 50%");
    const auto value = fault::parse_value(percent, node.text);
    if (const auto* share = std::get_if<fault::Value>(&value); share && std::get<std::int64_t>(*share) > 0) {
      out = static_cast<double>(std::get<std::int64_t>(*share)) / 100'00;
      return true;
    }
    return wrong_type(context, node, "a percentage above 0% and at most 100%", "for example 50%");
  };
  return decoder;
}

Decoder<fault::Window> window_decoder() {
  DurationLimits from_zero;
  from_zero.least = Duration{0};
  auto item = duration_decoder(from_zero);
  Decoder<fault::Window> decoder;
  decoder.schema = {{"type", "array"}, {"minItems", 2}, {"maxItems", 2}, {"items", item.schema}};
  decoder.read = [read = item.read](DecodeContext& context, const Node& node, fault::Window& out) {
    constexpr std::string_view kHint = "from and to, for example [2s, 30s]";
    if (node.kind != Node::Kind::sequence)
      return wrong_type(context, node, "a list of two durations", std::string(kHint));
    if (node.items.size() != 2)
      return context.error(node, fmt::format("a window is two durations, found {}", node.items.size()),
                           std::string(kHint));
    Duration to{};
    const bool ok = read(context, *node.items[0], out.from);
    if (!read(context, *node.items[1], to) || !ok) return false;
    out.to = to;
    if (to > out.from) return true;
    context.error(*node.items[1], fmt::format("the window must end after it begins: it begins at {} and ends at {}",
                                              format_duration(out.from), format_duration(to)));
    return false;
  };
  return decoder;
}

Decoder<std::string> event_decoder() {
  Decoder<std::string> decoder;
  for (const auto name : event_names()) decoder.schema["enum"].push_back(name);
  decoder.schema["enum"].push_back("http_request");
  decoder.read = [](DecodeContext& context, const Node& node, std::string& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "an event's name", "as the journal names it");
    out = event_named(node.text);
    if (!out.empty()) return true;
    context.error(node, fmt::format("unknown event {}", in_quotes(node.text)), suggestion(node.text, event_names()));
    return false;
  };
  return decoder;
}

Decoder<fault::Trigger> trigger_decoder() {
  DurationLimits from_zero;
  from_zero.least = Duration{0};
  auto decoder = map_decoder<fault::Trigger>(
      "after",
      {field("event", &fault::Trigger::event, event_decoder(), "The event of the journal that arms the rule.")
           .required(),
       field("delay", &fault::Trigger::delay, duration_decoder(from_zero), "How long after it the rule begins.")
           .otherwise("0s"),
       field("lasts", &fault::Trigger::lasts, optional_decoder(duration_decoder()),
             "How long it then applies. Without it: to the scenario's end.")});
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node, fault::Trigger& out) {
    if (node.kind == Node::Kind::map) return read(context, node, out);
    return wrong_type(context, node, "a map (after)", "for example {event: camera_online, delay: 2s}");
  };
  return decoder;
}

/// A key whose member the rule has from fault::Rule.
template <class Member, class V>
Field<FaultRule> rule_field(std::string key, Member fault::Rule::*inherited, Decoder<V> decoder,
                            std::string description) {
  Member FaultRule::*const member = inherited;
  return field(std::move(key), member, std::move(decoder), std::move(description));
}

/// Of a rule whose keys are all well.
bool check_rule(DecodeContext& context, const Node& map, const FaultRule& rule) {
  const auto report = [&](std::string_view key, std::string message, std::string hint = {}) {
    context.error(*map.find(key), std::move(message), std::move(hint));
    return false;
  };
  if (rule.between && rule.after)
    return report("after", "a rule has \"between\" or \"after\", not both", "\"after\" has \"lasts\" for its length");
  if (rule.after && rule.at != "broker" && has_no_camera(rule.after->event)) {
    context.error(*map.find("after")->find("event"),
                  fmt::format("no camera has the event {}: at {} the rule would never begin",
                              in_quotes(rule.after->event), rule.at),
                  "every event but broker_started, broker_exited and run_ended has a camera: for example power_on, "
                  "mqtt_connected, camera_online or camera_offline");
    return false;
  }
  if (rule.at == "broker" && !rule.selector.all())
    return report("cameras", fmt::format("\"{}\" concerns all cameras: it cannot be for some", rule.effect->name),
                  "leave \"cameras\" out");
  const auto effect = rule.effect->name;
  if (rule.effect->moment == fault::Moment::window && !rule.between)
    return report(rule.after ? "after" : "inject", fmt::format("\"{}\" needs a window of scenario time", effect),
                  "add between: [0s, 5s]");
  if (rule.effect->moment == fault::Moment::scheduled && !rule.between && !rule.after)
    return report("inject", fmt::format("\"{}\" happens at a moment, and the rule names none", effect),
                  "add between: [5s, 10s], or after: {event: camera_online}");
  if (rule.scheduled() && map.find("attempts"))
    return report(
        "attempts",
        fmt::format("\"{}\" happens at the rule's moment, once: there are no attempts to choose from", effect),
        "leave \"attempts\" out");
  return true;
}

}  // namespace

Decoder<FaultRule> fault_decoder() {
  auto decoder = map_decoder<FaultRule>(
      "the fault",
      {rule_field("id", &fault::Rule::id, slug_decoder("a fault's id"), "Names the rule in journals and reports.")
           .required(),
       at_field().required(), inject_field().required(),
       field("cameras", &FaultRule::selector, fault_cameras_decoder(),
             "Whom it concerns: all, a percentage or a number of cameras, [3, 7], or 1..10.")
           .otherwise("all"),
       rule_field("attempts", &fault::Rule::attempts, attempts_decoder(),
                  "Which of a camera's attempts: all, first 2, from 3, only 2, every 3.")
           .otherwise("all"),
       rule_field("probability", &fault::Rule::probability, probability_decoder(), "Of each attempt that is meant.")
           .otherwise("100%"),
       rule_field("between", &fault::Rule::between, optional_decoder(window_decoder()), "Scenario time, from and to."),
       rule_field("after", &fault::Rule::after, optional_decoder(trigger_decoder()),
                  "An event that makes the rule apply.")});
  decoder.schema["allOf"] = inject_by_point();
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node, FaultRule& out) {
    if (node.kind != Node::Kind::map)
      return wrong_type(context, node, "a map (the fault)", "for example {id: cut, at: link.mqtt, inject: reset}");
    out.position = context.position(node);
    bool ok = read(context, node, out);
    // The effects depend on the point, which may stand below.
    const Node* inject = node.find("inject");
    if (inject && out.point) ok = read_inject(context, *inject, out) && ok;
    out.repeatable = !out.between && !out.after && out.attempts.last != UINT32_MAX;
    return ok && check_rule(context, node, out);
  };
  return decoder;
}

Decoder<std::vector<FaultRule>> faults_decoder() {
  auto decoder = list_decoder("faults", fault_decoder());
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node,
                                                  std::vector<FaultRule>& out) {
    bool ok = read(context, node, out);
    std::vector<std::pair<std::string_view, std::size_t>> seen;
    for (const Node* item : node.items) {
      const auto* id = item->kind == Node::Kind::map ? item->find("id") : nullptr;
      if (!id || id->text.empty() || seen.size() >= 1000) continue;
      const auto at = std::find_if(seen.begin(), seen.end(), [&](const auto& s) { return s.first == id->text; });
      if (at != seen.end()) {
        context.error(
            *id, fmt::format("two faults have the id {}; line {} has it already", in_quotes(id->text), at->second));
        ok = false;
      }
      seen.emplace_back(id->text, context.position(*id).line);
    }
    return ok;
  };
  return decoder;
}

}  // namespace firstlight::language
