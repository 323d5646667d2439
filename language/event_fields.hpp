// The journal's events by the names that a scenario uses for them, and their fields as text. Used by the decoders that
// read an event's name and by the checks that look for such events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/event.hpp"

namespace firstlight::language {

/// Every event name of the journal, in its order.
[[nodiscard]] const std::vector<std::string_view>& event_names();
/// The journal's name of what a scenario calls so: `http_request` is `http_served`. Empty: there is no such event.
[[nodiscard]] std::string_view event_named(std::string_view written);
/// Whether the event is never a camera's: what concerns the broker or the run. Others may lack a camera too, when it is
/// not known.
[[nodiscard]] bool has_no_camera(std::string_view event);
enum class FieldKind : std::uint8_t { text, boolean, number, stage };
struct EventField {
  std::string_view name;
  FieldKind kind{};  // of a list: that of its values
};
/// The fields of the event with that journal name; empty for an unknown name.
[[nodiscard]] const std::vector<EventField>& event_fields(std::string_view event);
/// The only texts that the field of that event ever has; empty: any.
[[nodiscard]] std::vector<std::string_view> field_words(std::string_view event, std::string_view field);

/// The field's value as text, a list's values one by one. Nothing: the event has no such field.
[[nodiscard]] std::vector<std::string> field_values(const journal::Payload& payload, std::string_view field);
/// The same for a field with one value; empty: no such field.
[[nodiscard]] std::string field_value(const journal::Payload& payload, std::string_view field);

/// Underscores are hyphens in the names of errors: `certificate_expired` is `certificate-expired`.
[[nodiscard]] std::string error_spelling(std::string_view written);

}  // namespace firstlight::language
