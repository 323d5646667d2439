// `at` and `inject` of a fault rule: the catalogue's points, effects and parameters.
#include <algorithm>
#include <map>

#include "decode/diagnostic.hpp"
#include "decode/values.hpp"
#include "language/faults_decoder.hpp"

namespace firstlight::language {

namespace {

using fault::EffectInfo;
using fault::Kind;
using fault::Parameter;

std::string expected(const Parameter& p) {
  if (p.kind == Kind::text) return "a text";
  return std::get<fault::NoValue>(fault::parse_value(p, "")).expected;  // an empty text is no value of the others
}

bool is_whole_number(const Parameter& p) {
  return p.kind == Kind::integer || p.kind == Kind::camera;
}

/// How a person may write it.
std::string example(const Parameter& p) {
  switch (p.kind) {
    case Kind::duration:
      return "2s";
    case Kind::bytes:
      return "16KiB";
    case Kind::integer:
    case Kind::camera:
      return std::to_string(std::max<std::int64_t>(p.least, 1));
    case Kind::percent:
      return "50%";
    case Kind::text:
      return "…";
    case Kind::choice:
      return std::string(p.choices.front());
    case Kind::flag:
      return "true";
  }
  return "…";
}

/// For a number that is there, in the wrong dress.
std::string hint_for(const Node& node, const Parameter& p) {
  if (node.kind != Node::Kind::scalar) return {};
  const auto kind = scalar_kind(node);
  if (p.kind == Kind::choice) return nearest(node.text, p.choices).empty() ? "" : suggestion(node.text, p.choices);
  if (p.kind == Kind::text && kind != ScalarKind::text)
    return fmt::format("write it in quotes: {}", in_quotes(node.text));
  if (is_whole_number(p) && std::holds_alternative<fault::Value>(fault::parse_value(p, node.text)))
    return fmt::format("write {} without quotes", node.text);
  if (kind != ScalarKind::integer) return {};
  const std::string_view unit = p.kind == Kind::bytes ? "B" : p.kind == Kind::percent ? "%" : "";
  const auto with_unit = node.text + std::string(unit);
  const bool fits = !unit.empty() && std::holds_alternative<fault::Value>(fault::parse_value(p, with_unit));
  return fits ? fmt::format("write {}", with_unit) : "";
}

bool read_parameter(DecodeContext& context, const Node& node, const Parameter& p, fault::Arguments& out) {
  const auto report = [&] {
    context.error(node, fmt::format("\"{}\" must be {}, found {}", p.name, expected(p), what_it_is(node)),
                  hint_for(node, p));
    return false;
  };
  if (node.kind != Node::Kind::scalar) return report();
  if (p.kind == Kind::duration) {  // for its better messages
    DurationLimits limits;
    limits.may_be_negative = p.least < 0;
    limits.least = Duration{std::max<std::int64_t>(p.least, 0)};
    Duration value{};
    if (!duration_decoder(limits).read(context, node, value)) return false;
    out.set(p.name, fault::Value(value.count()));
    return true;
  }
  const auto kind = scalar_kind(node);
  const bool fits = is_whole_number(p)       ? kind == ScalarKind::integer
                    : p.kind == Kind::flag   ? kind == ScalarKind::boolean
                    : p.kind == Kind::choice ? true
                                             : kind == ScalarKind::text;
  auto value = fault::parse_value(p, node.text);
  auto* parsed = std::get_if<fault::Value>(&value);
  if (parsed == nullptr || !fits) return report();
  out.set(p.name, std::move(*parsed));
  return true;
}

bool fill_in(DecodeContext& context, const Node& node, const EffectInfo& effect, fault::Arguments& out) {
  bool ok = true;
  for (const auto& p : effect.parameters) {
    if (out.has(p.name)) continue;
    if (!p.fallback.empty()) {
      out.set(p.name, std::get<fault::Value>(fault::parse_value(p, p.fallback)));
      continue;
    }
    context.error(node, fmt::format("\"{}\" needs \"{}\", {}", effect.name, p.name, expected(p)),
                  fmt::format("for example {{{}: {{{}: {}}}}}", effect.name, p.name, example(p)));
    ok = false;
  }
  return ok;
}

bool read_parameters(DecodeContext& context, const Node& node, const EffectInfo& effect, fault::Arguments& out) {
  if (effect.parameters.empty())
    return context.error(node, fmt::format("\"{}\" takes no value", effect.name),
                         fmt::format("write inject: {}", effect.name));
  if (node.kind != Node::Kind::map) return read_parameter(context, node, effect.parameters.front(), out);
  bool ok = true;
  std::vector<std::string_view> known;
  for (const auto& p : effect.parameters) known.push_back(p.name);
  for (const auto& entry : unique_entries(context, node)) {
    const Node *key = entry.first, *value = entry.second;
    const auto p = std::find_if(effect.parameters.begin(), effect.parameters.end(),
                                [&](const auto& x) { return x.name == key->text; });
    if (p == effect.parameters.end()) {
      unknown_key(context, *key, effect.name, known);
      ok = false;
    } else {
      ok = read_parameter(context, *value, *p, out) && ok;
    }
  }
  return ok;
}

std::string suggested_effect(std::string_view written, const fault::PointInfo& point) {
  std::vector<std::string_view> known, elsewhere;
  for (const auto* e : *point.effects) known.push_back(e->name);
  for (const auto& other : fault::catalogue()) {
    const bool one_of_several = !elsewhere.empty() && other.name.starts_with(std::string(elsewhere.back()) + ".");
    if (other.find(written) && !one_of_several) elsewhere.push_back(other.name);
  }
  if (elsewhere.empty() || !nearest(written, known).empty()) return suggestion(written, known);
  return fmt::format("it can be at {}; here: {}", fmt::join(elsewhere, ", "), fmt::join(known, ", "));
}

const EffectInfo* find_effect(DecodeContext& context, const Node& name, const fault::PointInfo& point) {
  const auto* effect = point.find(name.text);
  if (effect) return effect;
  context.error(name, fmt::format("nothing called {} can be injected at {}", in_quotes(name.text), point.name),
                suggested_effect(name.text, point));
  return nullptr;
}

Json parameter_schema(const Parameter& p) {
  Json schema;
  switch (p.kind) {
    case Kind::duration: {
      DurationLimits limits;
      limits.may_be_negative = p.least < 0;
      schema = duration_decoder(limits).schema;
      break;
    }
    case Kind::bytes:
      schema = {{"type", "string"}, {"pattern", "^[0-9]+(B|KiB|MiB)$"}};
      break;
    case Kind::integer:
    case Kind::camera:
      schema = {{"type", "integer"}, {"minimum", p.least}, {"maximum", p.most}};
      break;
    case Kind::percent:
      schema = {{"type", "string"}, {"pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}};
      break;
    case Kind::text:
      schema = {{"type", "string"}};
      break;
    case Kind::choice:
      for (const auto choice : p.choices) {
        schema["enum"].push_back(choice);
        // Unquoted, 1.2 is a number to YAML.
        if (const auto n = Json::parse(choice, nullptr, false); n.is_number()) schema["enum"].push_back(n);
      }
      break;
    case Kind::flag:
      schema = {{"type", "boolean"}};
      break;
  }
  schema["description"] = p.summary;
  if (!p.fallback.empty()) schema["default"] = p.fallback;
  return schema;
}

Json effect_schema(const EffectInfo& effect) {
  Json any = Json::array();
  const bool needs =
      std::any_of(effect.parameters.begin(), effect.parameters.end(), [](const auto& p) { return p.fallback.empty(); });
  if (!needs) any.push_back({{"const", effect.name}, {"description", effect.summary}});
  if (effect.parameters.empty()) return any;
  Json map{{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  for (const auto& p : effect.parameters) {
    map["properties"][std::string(p.name)] = parameter_schema(p);
    if (p.fallback.empty()) map["required"].push_back(p.name);
  }
  Json value{{"description", effect.summary}, {"anyOf", {map}}};
  const auto others = std::count_if(effect.parameters.begin() + 1, effect.parameters.end(),
                                    [](const auto& p) { return p.fallback.empty(); });
  if (others == 0) value["anyOf"].push_back(parameter_schema(effect.parameters.front()));
  any.push_back({{"type", "object"},
                 {"additionalProperties", false},
                 {"properties", {{std::string(effect.name), value}}},
                 {"required", {effect.name}}});
  return any;
}

}  // namespace

Field<FaultRule> at_field() {
  Field<FaultRule> field;
  field.key = "at";
  field.schema = {{"description", "The point; `firstlight faults` lists all."}};
  for (const auto& point : fault::catalogue()) field.schema["enum"].push_back(point.name);
  field.read = [](DecodeContext& context, const Node& node, FaultRule& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "a fault point's name");
    out.point = fault::find_point(node.text);
    out.at = node.text;
    if (out.point) {
      out.points = out.point->points;
      return true;
    }
    std::vector<std::string_view> known;
    for (const auto& point : fault::catalogue()) known.push_back(point.name);
    context.error(node, fmt::format("unknown fault point {}", in_quotes(node.text)), suggestion(node.text, known));
    return false;
  };
  return field;
}

Field<FaultRule> inject_field() {
  Field<FaultRule> field;
  field.key = "inject";
  field.schema = {{"description", "What breaks: an effect's name, or a map with that one key."}};
  field.read = [](DecodeContext&, const Node&, FaultRule&) { return true; };
  return field;
}

Json inject_by_point() {
  std::map<const std::vector<const EffectInfo*>*, std::vector<std::string_view>> points;
  std::vector<const std::vector<const EffectInfo*>*> order;
  for (const auto& point : fault::catalogue()) {
    auto& names = points[point.effects];
    if (names.empty()) order.push_back(point.effects);
    names.push_back(point.name);
  }
  Json all = Json::array();
  for (const auto* effects : order) {
    Json any = Json::array();
    for (const auto* effect : *effects)
      for (auto& alternative : effect_schema(*effect)) any.push_back(alternative);
    all.push_back({{"if", {{"properties", {{"at", {{"enum", points[effects]}}}}}}},
                   {"then", {{"properties", {{"inject", {{"anyOf", any}}}}}}}});
  }
  return all;
}

bool read_inject(DecodeContext& context, const Node& node, FaultRule& out) {
  if (node.kind != Node::Kind::scalar && (node.kind != Node::Kind::map || node.entries.size() != 1)) {
    const bool several = node.kind == Node::Kind::sequence || node.entries.size() > 1;
    const auto hint = several ? "write a rule of its own for each effect" : suggested_effect("", *out.point);
    return wrong_type(context, node, "one effect: its name, or a map with that one key", hint);
  }
  const bool bare = node.kind == Node::Kind::scalar;
  const Node& name = bare ? node : *node.entries.front().first;
  out.effect = find_effect(context, name, *out.point);
  if (!out.effect) return false;
  if (!bare && !read_parameters(context, *node.entries.front().second, *out.effect, out.arguments)) return false;
  return fill_in(context, name, *out.effect, out.arguments);
}

}  // namespace firstlight::language
