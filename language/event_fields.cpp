#include "language/event_fields.hpp"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <variant>

namespace firstlight::language {

namespace {

using journal::Payload;

struct EventKind {
  std::string_view name;
  std::vector<EventField> fields;
  std::vector<journal::FieldWords> words = {};
  bool concerns_no_camera = false;
};

FieldKind kind_of(const std::string&) {
  return FieldKind::text;
}
FieldKind kind_of(bool) {
  return FieldKind::boolean;
}
FieldKind kind_of(journal::Stage) {
  return FieldKind::stage;
}
template <class T>
requires std::is_arithmetic_v<T> FieldKind kind_of(T) {
  return FieldKind::number;
}
template <class T>
FieldKind kind_of(const std::vector<T>&) {
  return kind_of(T{});
}

template <std::size_t... I>
std::vector<EventKind> all_kinds(std::index_sequence<I...>) {
  std::vector<EventKind> kinds;
  const auto add = [&](auto event) {
    using Event = decltype(event);
    EventKind kind{Event::kName, {}};
    Event::fields(event, [&](std::string_view field, const auto& value) {
      kind.fields.push_back({field, kind_of(value)});
    });
    if constexpr (requires { Event::kWords; }) kind.words.assign(std::begin(Event::kWords), std::end(Event::kWords));
    if constexpr (requires { Event::kConcernsNoCamera; }) kind.concerns_no_camera = Event::kConcernsNoCamera;
    kinds.push_back(std::move(kind));
  };
  (add(std::variant_alternative_t<I, Payload>{}), ...);
  return kinds;
}

const std::vector<EventKind>& kinds() {
  static const auto all = all_kinds(std::make_index_sequence<std::variant_size_v<Payload>>{});
  return all;
}

/// Null: there is no such event.
const EventKind* find_kind(std::string_view event) {
  const auto& all = kinds();
  const auto at = std::find_if(all.begin(), all.end(), [&](const EventKind& kind) { return kind.name == event; });
  return at == all.end() ? nullptr : &*at;
}

std::string shown(const std::string& v) {
  return v;
}
std::string shown(bool v) {
  return v ? "true" : "false";
}
std::string shown(journal::Stage v) {
  return std::string(journal::stage_name(v));
}
template <class T>
requires std::is_arithmetic_v<T> std::string shown(T v) {
  return std::to_string(v);
}

struct Collect {
  std::string_view wanted;
  std::vector<std::string>& out;
  template <class T>
  void operator()(std::string_view name, const T& value) const {
    if (name == wanted) out.push_back(shown(value));
  }
  template <class T>
  void operator()(std::string_view name, const std::vector<T>& values) const {
    if (name != wanted) return;
    for (const auto& value : values) out.push_back(shown(value));
  }
};

}  // namespace

const std::vector<std::string_view>& event_names() {
  static const auto names = [] {
    std::vector<std::string_view> all;
    for (const auto& kind : kinds()) all.push_back(kind.name);
    return all;
  }();
  return names;
}

std::string_view event_named(std::string_view written) {
  if (written == "http_request") return journal::HttpServed::kName;
  const auto* kind = find_kind(written);
  return kind != nullptr ? kind->name : std::string_view{};
}

bool has_no_camera(std::string_view event) {
  const auto* kind = find_kind(event);
  return kind != nullptr && kind->concerns_no_camera;
}

std::vector<std::string_view> field_words(std::string_view event, std::string_view field) {
  std::vector<std::string_view> words;
  if (const auto* kind = find_kind(event))
    for (const auto& of_field : kind->words)
      if (of_field.field == field)
        std::copy_if(of_field.words.begin(), of_field.words.end(), std::back_inserter(words),
                     [](std::string_view word) { return !word.empty(); });
  return words;
}

const std::vector<EventField>& event_fields(std::string_view event) {
  static const std::vector<EventField> kNone;
  const auto* kind = find_kind(event);
  return kind != nullptr ? kind->fields : kNone;
}

std::vector<std::string> field_values(const Payload& payload, std::string_view field) {
  std::vector<std::string> values;
  std::visit([&](const auto& p) { std::remove_cvref_t<decltype(p)>::fields(p, Collect{field, values}); }, payload);
  return values;
}

std::string field_value(const Payload& payload, std::string_view field) {
  auto values = field_values(payload, field);
  return values.empty() ? std::string{} : std::move(values.front());
}

std::string error_spelling(std::string_view written) {
  std::string name(written);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace firstlight::language
