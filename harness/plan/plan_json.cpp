// The plan for programs: nothing is left out (docs/plan.schema.json).
#include <nlohmann/json.hpp>

#include "harness/plan/plan.hpp"
#include "harness/plan/rule_text.hpp"

namespace firstlight::harness {

namespace {

using Json = nlohmann::ordered_json;

double in_ms(SteadyClock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

Json camera_json(const PlannedCamera& camera) {
  Json json{{"id", camera.id.value()},
            {"address", camera.source.to_string()},
            {"imsi", camera.imsi.value()},
            {"start_ms", in_ms(camera.start_after)}};
  if (camera.destination) json["destination"] = camera.destination->to_string();
  return json;
}

/// With its unit, as a scenario would write it.
Json parameter_json(const fault::Parameter& parameter, const fault::Arguments& arguments) {
  switch (parameter.kind) {
    case fault::Kind::duration:
      return format_duration(arguments.duration(parameter.name));
    case fault::Kind::bytes:
      return std::to_string(arguments.integer(parameter.name)) + "B";
    case fault::Kind::integer:
    case fault::Kind::camera:
      return arguments.integer(parameter.name);
    case fault::Kind::percent:
      return fmt::format("{:g}%", arguments.share(parameter.name) * 100);
    case fault::Kind::text:
    case fault::Kind::choice:
      return arguments.text(parameter.name);
    case fault::Kind::flag:
      return arguments.flag(parameter.name);
  }
  return nullptr;
}

Json rule_json(const fault::Rule& rule, bool repeatable) {
  Json json{{"id", rule.id}, {"at", rule.at}, {"points", Json::array()}, {"effect", rule.effect->name}};
  for (const auto point : rule.points) json["points"].push_back(fault::point_name(point));
  json["parameters"] = Json::object();
  for (const auto& parameter : rule.effect->parameters)
    json["parameters"][std::string(parameter.name)] = parameter_json(parameter, rule.arguments);
  json["for_all"] = rule.for_all();
  json["cameras"] = cameras_of(rule);
  json["scheduled"] = rule.scheduled();
  json["attempts"] = attempts_text(rule.attempts);
  json["probability"] = rule.probability;
  json["repeatable"] = repeatable;
  if (rule.between) {
    json["between"]["from_ms"] = in_ms(rule.between->from);
    if (rule.between->to) json["between"]["to_ms"] = in_ms(*rule.between->to);
  }
  if (rule.after) {
    json["after"] = {{"event", rule.after->event}, {"delay_ms", in_ms(rule.after->delay)}};
    if (rule.after->lasts) json["after"]["lasts_ms"] = in_ms(*rule.after->lasts);
  }
  return json;
}

Json moment_json(const FaultPlan& faults, const PlannedMoment& moment) {
  Json json{{"rule", faults.rules[moment.rule].id}, {"at_ms", in_ms(moment.at)}};
  if (moment.camera != 0) json["camera"] = moment.camera;
  return json;
}

Json window_json(const Plan& plan, const PortWindow& window) {
  Json json{{"rule", plan.faults.rules[window.rule].id},
            {"point", fault::point_name(window.listener.link)},
            {"from_ms", in_ms(window.from)},
            {"to_ms", in_ms(window.to)}};
  if (window.listener.camera != 0) json["camera"] = window.listener.camera;
  return json;
}

Json faults_json(const language::Scenario& scenario, const Plan& plan) {
  Json rules = Json::array(), moments = Json::array(), windows = Json::array();
  for (std::size_t i = 0; i < plan.faults.rules.size(); ++i)
    rules.push_back(rule_json(plan.faults.rules[i], scenario.faults[i].repeatable));
  for (const auto& moment : plan.faults.moments) moments.push_back(moment_json(plan.faults, moment));
  for (const auto& window : plan.faults.port_windows) windows.push_back(window_json(plan, window));
  return {{"rules", std::move(rules)}, {"moments", std::move(moments)}, {"port_windows", std::move(windows)}};
}

}  // namespace

Json plan_json(const language::Scenario& scenario, const Plan& plan, const std::string& name) {
  const auto& seeds = plan.seeds;
  Json json{{"name", name},
            {"scenario", scenario.name},
            {"file", scenario.file},
            {"summary", scenario.summary},
            {"skip", scenario.skip},
            {"seed",
             {{"value", seeds.scenario.value},
              {"origin", origin_name(seeds.scenario.origin)},
              {"arrivals", seeds.arrivals},
              {"faults", seeds.faults},
              {"cameras", seeds.cameras}}},
            {"timeout_ms", in_ms(scenario.timeout)}};
  if (scenario.run_for) json["run_for_ms"] = in_ms(*scenario.run_for);
  json["expect"] = Json::array();
  for (const auto& expectation : scenario.expect) json["expect"].push_back(expectation.text());
  json["cameras"] = Json::array();
  for (const auto& camera : plan.cameras) json["cameras"].push_back(camera_json(camera));
  json["faults"] = faults_json(scenario, plan);
  const auto& d = plan.descriptors;
  json["descriptors"] = {
      {"total", d.total()}, {"lab", d.lab}, {"listeners", d.listeners}, {"connections", d.connections}};
  return json;
}

}  // namespace firstlight::harness
