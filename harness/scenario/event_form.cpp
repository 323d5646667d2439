// How a scenario names events of the journal, and the cameras that they are about.
#include <charconv>

#include "harness/scenario/event_fields.hpp"
#include "harness/scenario/expect_form.hpp"

namespace firstlight::harness {

namespace {

std::vector<std::string_view> names_offered() {
  auto names = event_names();
  names.push_back("http_request");
  return names;
}

Form<std::string> event_form() {
  Form<std::string> form;
  form.schema["enum"] = names_offered();
  form.read = [](Reading& reading, const Node& node, std::string& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "an event's name");
    out = event_named(node.text);
    if (!out.empty()) return true;
    const auto near = nearest_event(node.text);
    reading.mistake(node, fmt::format("unknown event {}", in_quotes(node.text)), near);
    return false;
  };
  return form;
}

Form<std::string> service_form() {
  return words_form<std::string>(
      "service",
      {{"endorse", "endorse"}, {"keys", "keys"}, {"config_api", "config_api"}, {"iot", "iot"}, {"mqtt", "edge"}});
}

/// Fields and values; whether the event has such fields is check_pattern's.
Form<std::vector<std::pair<std::string, std::string>>> where_form() {
  Form<std::vector<std::pair<std::string, std::string>>> form;
  form.schema = {
      {"type", "object"}, {"minProperties", 1}, {"additionalProperties", {{"type", {"string", "number", "boolean"}}}}};
  form.read = [](Reading& reading, const Node& node, auto& out) {
    if (node.kind != Node::Kind::map) return wrong_type(reading, node, "a map (where)", "for example {ok: false}");
    if (node.entries.empty()) return reading.mistake(node, "an empty map (where)"), false;
    const auto entries = unique_entries(reading, node);
    bool ok = entries.size() == node.entries.size();
    for (const auto& [key, value] : entries) {
      if (value->kind != Node::Kind::scalar) {
        ok = wrong_type(reading, *value, "a value of the field " + in_quotes(key->text));
        continue;
      }
      out.emplace_back(key->text, value->text);
    }
    return ok;
  };
  return form;
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
bool check_number(Reading& reading, const Node& value) {
  if (scalar_kind(value) != ScalarKind::integer) return wrong_type(reading, value, "a whole number");
  const auto spelling = journal_spelling(value.text);
  if (spelling == value.text) return true;
  if (spelling.empty()) return reading.mistake(value, "this number is larger than any in a journal"), false;
  reading.mistake(value, "a number is written here as the journal has it, without +, leading zeros or another base",
                  fmt::format("write {}", spelling));
  return false;
}

bool check_word(Reading& reading, const Node& value, std::string_view what,
                const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), value.text) != known.end()) return true;
  reading.mistake(value, fmt::format("unknown {} {}", what, in_quotes(value.text)), suggestion(value.text, known));
  return false;
}

bool check_value(Reading& reading, const Node& value, std::string_view event, const EventField& field) {
  std::vector<std::string_view> known;
  switch (field.kind) {
    case FieldKind::boolean:
      return value.text == "true" || value.text == "false" || wrong_type(reading, value, "true or false");
    case FieldKind::number:
      return check_number(reading, value);
    case FieldKind::stage:
      for (const auto& word : stage_words()) known.push_back(word.text);
      return check_word(reading, value, "stage", known);
    case FieldKind::text:
      known = field_words(event, field.name);
      break;
  }
  return known.empty() || check_word(reading, value, fmt::format("{} of {}", field.name, event), known);
}

}  // namespace

std::string nearest_event(std::string_view written) {
  return suggestion(written, names_offered());
}

std::vector<Field<EventPattern>> pattern_fields() {
  return {field("event", &EventPattern::event, event_form(), "The event's name in the journal.").required(),
          field("to", &EventPattern::service, service_form(), "The service that it is about."),
          field("stage", &EventPattern::stage, optional_form(words_form<journal::Stage>("stage", stage_words())),
                "The stage that it is about."),
          field("status", &EventPattern::status, optional_form(small_integer_form(100, 599)), "The HTTP status."),
          field("where", &EventPattern::where, where_form(), "Fields of the event and their values.")};
}

bool check_pattern(Reading& reading, const Good& good, const EventPattern& pattern) {
  if (!good.has("event")) return true;  // reported
  bool ok = true;
  const auto needs = [&](std::string_view key, std::string_view field) {
    if (!good.has(key) || field_of(pattern.event, field) != nullptr) return;
    reading.mistake(good.node(key), fmt::format("{} has no {}", pattern.event, field), "leave the key out");
    ok = false;
  };
  needs("to", "service");
  needs("stage", "stage");
  needs("status", "status");
  if (!good.has("where")) return ok;
  std::vector<std::string_view> known;
  for (const auto& f : event_fields(pattern.event)) known.push_back(f.name);
  for (const auto& [key, value] : good.node("where").entries) {
    const auto* f = field_of(pattern.event, key->text);
    if (f != nullptr && check_value(reading, *value, pattern.event, *f)) continue;
    if (f == nullptr)
      reading.mistake(*key, fmt::format("{} has no field {}", pattern.event, in_quotes(key->text)),
                      suggestion(key->text, known));
    ok = false;
  }
  return ok;
}

Form<EventPattern> pattern_form() {
  auto name = event_form();
  auto map = map_form<EventPattern>("event", pattern_fields(), check_pattern);
  Form<EventPattern> form;
  form.schema["anyOf"] = {name.schema, map.schema};
  form.read = [name = std::move(name.read), map = std::move(map.read)](Reading& reading, const Node& node,
                                                                       EventPattern& out) {
    if (node.kind == Node::Kind::map) return map(reading, node, out);
    return name(reading, node, out.event);
  };
  return form;
}

Form<Moment> moment_form() {
  auto pattern = pattern_form();
  Form<Moment> form;
  form.schema = pattern.schema;
  form.schema["anyOf"].push_back({{"const", "faults"}});
  form.read = [read = std::move(pattern.read)](Reading& reading, const Node& node, Moment& out) {
    out = AfterFaults{};
    if (node.kind == Node::Kind::scalar && node.text == "faults") return true;
    if (node.kind == Node::Kind::scalar && event_named(node.text).empty()) {
      auto known = names_offered();
      known.insert(known.begin(), "faults");
      reading.mistake(node, fmt::format("unknown event {}", in_quotes(node.text)), suggestion(node.text, known));
      return false;
    }
    return read(reading, node, out.emplace<EventPattern>());
  };
  return form;
}

namespace {

constexpr std::string_view kWhichHint = "all, faulted, healthy, [3, 7] or 1..10";

bool read_range(Reading& reading, const Node& node, CameraNumbers& out) {
  const std::string_view text = node.text;
  const auto dots = text.find("..");
  std::uint32_t from = 0, to = 0;
  const auto number = [](std::string_view digits, std::uint32_t& n) {
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return error == std::errc{} && rest == digits.data() + digits.size();
  };
  const bool good = dots != std::string_view::npos && number(text.substr(0, dots), from) &&
                    number(text.substr(dots + 2), to) && from >= 1 && to >= 1 && to <= kMaxCameras;
  if (!good) return wrong_type(reading, node, "which cameras", std::string(kWhichHint));
  if (to < from) return reading.mistake(node, fmt::format("the range ends at {}, before {}", to, from)), false;
  for (auto n = from; n <= to; ++n) out.push_back(n);
  return true;
}

}  // namespace

Form<WhichCameras> which_cameras_form() {
  auto one = small_integer_form(1, kMaxCameras);
  Form<WhichCameras> form;
  form.schema["anyOf"] = {{{"enum", {"all", "faulted", "healthy"}}},
                          {{"type", "string"}, {"pattern", "^[0-9]{1,5}\\.\\.[0-9]{1,5}$"}},
                          {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", one.schema}}};
  form.read = [one = std::move(one.read)](Reading& reading, const Node& node, WhichCameras& out) {
    if (node.kind == Node::Kind::scalar) {
      if (node.text == "all") return out = AllCameras{}, true;
      if (node.text == "faulted" || node.text == "healthy") return out = FaultedCameras{node.text == "faulted"}, true;
      return read_range(reading, node, out.emplace<CameraNumbers>());
    }
    if (node.kind != Node::Kind::sequence || node.items.empty())
      return wrong_type(reading, node, "which cameras", std::string(kWhichHint));
    auto& numbers = out.emplace<CameraNumbers>();
    bool ok = true;
    for (const Node* item : node.items) {
      std::uint32_t n = 0;
      if (!one(reading, *item, n)) {
        ok = false;
      } else if (std::find(numbers.begin(), numbers.end(), n) != numbers.end()) {
        reading.mistake(*item, fmt::format("camera {} is in the list already", n));
        ok = false;
      } else {
        numbers.push_back(n);
      }
    }
    std::sort(numbers.begin(), numbers.end());
    return ok;
  };
  return form;
}

}  // namespace firstlight::harness
