#include "language/event_fields.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

namespace firstlight::language {

namespace {

using journal::Payload;

struct EventKind {
  std::string_view name;
  std::vector<EventField> fields;
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
    EventKind kind{decltype(event)::kName, {}};
    decltype(event)::fields(event, [&](std::string_view field, const auto& value) {
      kind.fields.push_back({field, kind_of(value)});
    });
    kinds.push_back(std::move(kind));
  };
  (add(std::variant_alternative_t<I, Payload>{}), ...);
  return kinds;
}

const std::vector<EventKind>& kinds() {
  static const auto all = all_kinds(std::make_index_sequence<std::variant_size_v<Payload>>{});
  return all;
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
  const auto& names = event_names();
  const auto it = std::find(names.begin(), names.end(), written);
  return it == names.end() ? std::string_view{} : *it;
}

bool has_no_camera(std::string_view event) {
  return event == journal::BrokerStarted::kName || event == journal::BrokerExited::kName ||
         event == journal::RunEnded::kName;
}

std::vector<std::string_view> field_words(std::string_view event, std::string_view field) {
  if (event == journal::SecretSeen::kName && field == "where")
    return {"mqtt-payload", "mqtt-topic", "client-id", "url", "header", "log"};
  if (event == journal::SecretSeen::kName && field == "what") return {"private-key", "token"};
  if (event == journal::MqttRefused::kName && field == "how") return {"tls-alert", "close-after-handshake", "connack"};
  if (event == journal::MqttDenied::kName && field == "operation") return {"publish", "subscribe"};
  return {};
}

const std::vector<EventField>& event_fields(std::string_view event) {
  static const std::vector<EventField> kNone;
  for (const auto& kind : kinds())
    if (kind.name == event) return kind.fields;
  return kNone;
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
