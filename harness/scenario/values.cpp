#include "harness/scenario/values.hpp"

#include <charconv>
#include <optional>

namespace firstlight::harness {

namespace {

/// A hint for a number that was written in quotes.
std::string without_quotes(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.plain) return {};
  Node plain = node;
  plain.plain = true;
  return scalar_kind(plain) == ScalarKind::text ? "" : fmt::format("write {} without quotes", node.text);
}

}  // namespace

Form<std::uint64_t> integer_form(std::uint64_t least, std::uint64_t most) {
  Form<std::uint64_t> form;
  form.schema = {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
  form.read = [least, most](Reading& reading, const Node& node, std::uint64_t& out) {
    const auto range = fmt::format("a whole number from {} to {}", least, most);
    if (node.kind != Node::Kind::scalar || scalar_kind(node) != ScalarKind::integer)
      return wrong_type(reading, node, range, without_quotes(node));
    const auto* const end = node.text.data() + node.text.size();
    const auto [rest, error] = std::from_chars(node.text.data(), end, out);
    if (error == std::errc{} && rest == end && out >= least && out <= most) return true;
    return wrong_type(reading, node, range);
  };
  return form;
}

Form<std::uint32_t> small_integer_form(std::uint32_t least, std::uint32_t most) {
  auto wide = integer_form(least, most);
  Form<std::uint32_t> form;
  form.schema = std::move(wide.schema);
  form.read = [read = std::move(wide.read)](Reading& reading, const Node& node, std::uint32_t& out) {
    std::uint64_t value = 0;
    if (!read(reading, node, value)) return false;
    out = static_cast<std::uint32_t>(value);
    return true;
  };
  return form;
}

Form<bool> boolean_form() {
  Form<bool> form;
  form.schema = {{"type", "boolean"}};
  form.read = [](Reading& reading, const Node& node, bool& out) {
    if (node.kind != Node::Kind::scalar || scalar_kind(node) != ScalarKind::boolean)
      return wrong_type(reading, node, "true or false");
    out = node.text[0] == 't' || node.text[0] == 'T';
    return true;
  };
  return form;
}

Form<WallTime> timestamp_form() {
  Form<WallTime> form;
  form.schema = {{"type", "string"},
                 {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$"}};
  form.read = [](Reading& reading, const Node& node, WallTime& out) {
    const auto time = node.kind == Node::Kind::scalar ? parse_rfc3339(node.text) : std::nullopt;
    if (!time) return wrong_type(reading, node, "a moment in UTC", "for example 1970-01-01T00:00:00Z");
    out = *time;
    return true;
  };
  return form;
}

namespace {

/// Reports what is no text; a number or a boolean is one only in quotes.
bool require_text(Reading& reading, const Node& node, std::string_view expected) {
  if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, expected);
  if (scalar_kind(node) == ScalarKind::text) return true;
  return wrong_type(reading, node, expected, fmt::format("write it in quotes: {}", in_quotes(node.text)));
}

/// The number of characters; nothing when one of them is a control character.
std::optional<std::size_t> printable_length(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto c = decode_utf8(text, i);
    if (!c.valid || c.code < 0x20 || is_forbidden_control(c.code)) return {};
    i += c.bytes;
  }
  return count;
}

}  // namespace

Form<std::string> text_form(std::size_t most) {
  Form<std::string> form;
  form.schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", most}};
  form.read = [most](Reading& reading, const Node& node, std::string& out) {
    if (!require_text(reading, node, "a text")) return false;
    out = node.text;
    while (!out.empty() && out.back() == '\n') out.pop_back();
    std::replace(out.begin(), out.end(), '\n', ' ');
    const auto length = printable_length(out);
    if (!length) return reading.mistake(node, "control characters are not allowed in this text"), false;
    if (*length == 0) return reading.mistake(node, "this text is empty"), false;
    if (*length <= most) return true;
    reading.mistake(node, fmt::format("this text has {} characters; the most is {}", *length, most));
    return false;
  };
  return form;
}

namespace {
constexpr std::size_t kLongestSlug = 64;
}

Form<std::string> slug_form(std::string_view what) {
  Form<std::string> form;
  form.schema = {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9-]*$"}, {"maxLength", kLongestSlug}};
  form.read = [expected = std::string(what)](Reading& reading, const Node& node, std::string& out) {
    if (!require_text(reading, node, expected)) return false;
    std::string fixed;
    for (const char c : node.text) {
      const bool upper = c >= 'A' && c <= 'Z';
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && !fixed.empty()) || upper)
        fixed += upper ? static_cast<char>(c + 32) : c;
      else if (!fixed.empty() && fixed.back() != '-')
        fixed += '-';
    }
    while (fixed != node.text && !fixed.empty() && fixed.back() == '-') fixed.pop_back();
    if (fixed == node.text && !fixed.empty() && fixed.size() <= kLongestSlug) return out = node.text, true;
    const bool fixable = fixed != node.text && !fixed.empty() && fixed.size() <= kLongestSlug;
    reading.mistake(
        node, fmt::format("{} is made of lower-case letters, digits and hyphens, at most {}", expected, kLongestSlug),
        fixable ? fmt::format("did you mean \"{}\"?", fixed) : "");
    return false;
  };
  return form;
}

}  // namespace firstlight::harness
