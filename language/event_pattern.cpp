#include "language/event_pattern.hpp"

#include <charconv>

#include "decode/values.hpp"
#include "language/event_fields.hpp"
#include "language/words.hpp"

namespace firstlight::language {

namespace {

std::vector<std::string_view> names_offered() {
  auto names = event_names();
  names.push_back("http_request");
  return names;
}

Decoder<std::string> event_name_decoder() {
  Decoder<std::string> decoder;
  decoder.schema["enum"] = names_offered();
  decoder.read = [](DecodeContext& context, const Node& node, std::string& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "an event's name");
    out = event_named(node.text);
    if (!out.empty()) return true;
    context.error(node, fmt::format("unknown event {}", in_quotes(node.text)), suggestion(node.text, names_offered()));
    return false;
  };
  return decoder;
}

Decoder<std::string> service_decoder() {
  return words_decoder<std::string>(
      "service",
      {{"endorse", "endorse"}, {"keys", "keys"}, {"config_api", "config_api"}, {"iot", "iot"}, {"mqtt", "edge"}});
}

/// Fields and values; whether the event has such fields is check_pattern's.
Decoder<std::vector<std::pair<std::string, std::string>>> where_decoder() {
  Decoder<std::vector<std::pair<std::string, std::string>>> decoder;
  decoder.schema = {
      {"type", "object"}, {"minProperties", 1}, {"additionalProperties", {{"type", {"string", "number", "boolean"}}}}};
  decoder.read = [](DecodeContext& context, const Node& node, auto& out) {
    if (node.kind != Node::Kind::map) return wrong_type(context, node, "a map (where)", "for example {ok: false}");
    if (node.entries.empty()) return context.error(node, "an empty map (where)");
    const auto entries = unique_entries(context, node);
    bool ok = entries.size() == node.entries.size();
    for (const auto& [key, value] : entries) {
      if (value->kind != Node::Kind::scalar) {
        ok = wrong_type(context, *value, "a value of the field " + in_quotes(key->text));
        continue;
      }
      out.emplace_back(key->text, value->text);
    }
    return ok;
  };
  return decoder;
}

const EventField* field_of(std::string_view event, std::string_view name) {
  for (const auto& f : event_fields(event))
    if (f.name == name) return &f;
  return nullptr;
}

/// A whole number as the journal writes it, from any spelling that YAML has; empty: it is too large for the journal.
std::string journal_spelling(std::string_view text) {
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
  if (base != 10) text.remove_prefix(2);
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || rest != text.data() + text.size()) return {};
  return std::to_string(negative ? -number : number);
}

/// Values are compared as text, so another spelling of the same number would never be found.
bool check_number(DecodeContext& context, const Node& value) {
  if (scalar_kind(value) != ScalarKind::integer) return wrong_type(context, value, "a whole number");
  const auto spelling = journal_spelling(value.text);
  if (spelling == value.text) return true;
  if (spelling.empty()) return context.error(value, "this number is larger than any in a journal");
  context.error(value, "a number is written here as the journal has it, without +, leading zeros or another base",
                fmt::format("write {}", spelling));
  return false;
}

bool check_word(DecodeContext& context, const Node& value, std::string_view what,
                const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), value.text) != known.end()) return true;
  context.error(value, fmt::format("unknown {} {}", what, in_quotes(value.text)), suggestion(value.text, known));
  return false;
}

bool check_value(DecodeContext& context, const Node& value, std::string_view event, const EventField& field) {
  std::vector<std::string_view> known;
  switch (field.kind) {
    case FieldKind::boolean:
      return value.text == "true" || value.text == "false" || wrong_type(context, value, "true or false");
    case FieldKind::number:
      return check_number(context, value);
    case FieldKind::stage:
      for (const auto& word : stage_words()) known.push_back(word.text);
      return check_word(context, value, "stage", known);
    case FieldKind::text:
      known = field_words(event, field.name);
      break;
  }
  return known.empty() || check_word(context, value, fmt::format("{} of {}", field.name, event), known);
}

}  // namespace

std::vector<Field<EventPattern>> pattern_fields() {
  return {field("event", &EventPattern::event, event_name_decoder(), "The event's name in the journal.").required(),
          field("to", &EventPattern::service, service_decoder(), "The service that it is about."),
          field("stage", &EventPattern::stage, optional_decoder(words_decoder<journal::Stage>("stage", stage_words())),
                "The stage that it is about."),
          field("status", &EventPattern::status, optional_decoder(small_integer_decoder(100, 599)), "The HTTP status."),
          field("where", &EventPattern::where, where_decoder(), "Fields of the event and their values.")};
}

bool check_pattern(DecodeContext& context, const ValidatedKeys& keys, const EventPattern& pattern) {
  if (!keys.has("event")) return true;  // reported
  bool ok = true;
  const auto needs = [&](std::string_view key, std::string_view field) {
    if (!keys.has(key) || field_of(pattern.event, field) != nullptr) return;
    context.error(keys.node(key), fmt::format("{} has no {}", pattern.event, field), "leave the key out");
    ok = false;
  };
  needs("to", "service");
  needs("stage", "stage");
  needs("status", "status");
  if (!keys.has("where")) return ok;
  std::vector<std::string_view> known;
  for (const auto& f : event_fields(pattern.event)) known.push_back(f.name);
  for (const auto& [key, value] : keys.node("where").entries) {
    const auto* f = field_of(pattern.event, key->text);
    if (f != nullptr && check_value(context, *value, pattern.event, *f)) continue;
    if (f == nullptr)
      context.error(*key, fmt::format("{} has no field {}", pattern.event, in_quotes(key->text)),
                    suggestion(key->text, known));
    ok = false;
  }
  return ok;
}

Decoder<EventPattern> pattern_decoder() {
  auto name = event_name_decoder();
  auto map = map_decoder<EventPattern>("event", pattern_fields(), check_pattern);
  Decoder<EventPattern> decoder;
  decoder.schema["anyOf"] = {name.schema, map.schema};
  decoder.read = [name = std::move(name.read), map = std::move(map.read)](DecodeContext& context, const Node& node,
                                                                          EventPattern& out) {
    if (node.kind == Node::Kind::map) return map(context, node, out);
    return name(context, node, out.event);
  };
  return decoder;
}

Decoder<Moment> moment_decoder() {
  auto pattern = pattern_decoder();
  Decoder<Moment> decoder;
  decoder.schema = pattern.schema;
  decoder.schema["anyOf"].push_back({{"const", "faults"}});
  decoder.read = [read = std::move(pattern.read)](DecodeContext& context, const Node& node, Moment& out) {
    out = AfterFaults{};
    if (node.kind == Node::Kind::scalar && node.text == "faults") return true;
    if (node.kind == Node::Kind::scalar && event_named(node.text).empty()) {
      auto known = names_offered();
      known.insert(known.begin(), "faults");
      context.error(node, fmt::format("unknown event {}", in_quotes(node.text)), suggestion(node.text, known));
      return false;
    }
    return read(context, node, out.emplace<EventPattern>());
  };
  return decoder;
}

std::string text_of(const EventPattern& pattern) {
  if (pattern == EventPattern{pattern.event, {}, {}, {}, {}}) return pattern.event;
  MapText map;
  add_pattern(map, pattern);
  return map.done();
}

std::string text_of(const Moment& moment) {
  const auto* pattern = std::get_if<EventPattern>(&moment);
  return pattern ? text_of(*pattern) : "faults";
}

void add_pattern(MapText& map, const EventPattern& pattern) {
  map.add("event", pattern.event);
  if (!pattern.service.empty()) map.add("to", pattern.service == "edge" ? "mqtt" : pattern.service);
  map.add("stage", pattern.stage).add("status", pattern.status);
  MapText where;
  for (const auto& [field, value] : pattern.where) where.add(field, scalar_text(value));
  if (!pattern.where.empty()) map.add("where", where.done());
}

}  // namespace firstlight::language
