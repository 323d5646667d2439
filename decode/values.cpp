#include "decode/values.hpp"

#include <charconv>
#include <optional>

namespace firstlight::decode {

namespace {

/// A hint for a number that was written in quotes.
std::string without_quotes(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.plain) return {};
  Node plain = node;
  plain.plain = true;
  return scalar_kind(plain) == ScalarKind::text ? "" : fmt::format("write {} without quotes", node.text);
}

}  // namespace

Decoder<std::uint64_t> integer_decoder(std::uint64_t least, std::uint64_t most) {
  Decoder<std::uint64_t> decoder;
  decoder.schema = {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
  decoder.read = [least, most](DecodeContext& context, const Node& node, std::uint64_t& out) {
    const auto range = fmt::format("a whole number from {} to {}", least, most);
    if (node.kind != Node::Kind::scalar || scalar_kind(node) != ScalarKind::integer)
      return wrong_type(context, node, range, without_quotes(node));
    const auto* const end = node.text.data() + node.text.size();
    const auto [rest, error] = std::from_chars(node.text.data(), end, out);
    if (error == std::errc{} && rest == end && out >= least && out <= most) return true;
    return wrong_type(context, node, range);
  };
  return decoder;
}

Decoder<std::uint32_t> small_integer_decoder(std::uint32_t least, std::uint32_t most) {
  auto wide = integer_decoder(least, most);
  Decoder<std::uint32_t> decoder;
  decoder.schema = std::move(wide.schema);
  decoder.read = [read = std::move(wide.read)](DecodeContext& context, const Node& node, std::uint32_t& out) {
    std::uint64_t value = 0;
    if (!read(context, node, value)) return false;
    out = static_cast<std::uint32_t>(value);
    return true;
  };
  return decoder;
}

Decoder<bool> boolean_decoder() {
  Decoder<bool> decoder;
  decoder.schema = {{"type", "boolean"}};
  decoder.read = [](DecodeContext& context, const Node& node, bool& out) {
    if (node.kind != Node::Kind::scalar || scalar_kind(node) != ScalarKind::boolean)
      return wrong_type(context, node, "true or false");
    out = node.text[0] == 't' || node.text[0] == 'T';
    return true;
  };
  return decoder;
}

Decoder<WallTime> timestamp_decoder() {
  Decoder<WallTime> decoder;
  decoder.schema = {{"type", "string"},
                    {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$"}};
  decoder.read = [](DecodeContext& context, const Node& node, WallTime& out) {
    const auto time = node.kind == Node::Kind::scalar ? parse_rfc3339(node.text) : std::nullopt;
    if (!time) return wrong_type(context, node, "a moment in UTC", "for example 1970-01-01T00:00:00Z");
    out = *time;
    return true;
  };
  return decoder;
}

namespace {

/// Reports what is no text; a number or a boolean is one only in quotes.
bool require_text(DecodeContext& context, const Node& node, std::string_view expected) {
  if (node.kind != Node::Kind::scalar) return wrong_type(context, node, expected);
  if (scalar_kind(node) == ScalarKind::text) return true;
  return wrong_type(context, node, expected, fmt::format("write it in quotes: {}", in_quotes(node.text)));
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

Decoder<std::string> text_decoder(std::size_t most) {
  Decoder<std::string> decoder;
  decoder.schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", most}};
  decoder.read = [most](DecodeContext& context, const Node& node, std::string& out) {
    if (!require_text(context, node, "a text")) return false;
    out = node.text;
    while (!out.empty() && out.back() == '\n') out.pop_back();
    std::replace(out.begin(), out.end(), '\n', ' ');
    const auto length = printable_length(out);
    if (!length) return context.error(node, "control characters are not allowed in this text");
    if (*length == 0) return context.error(node, "this text is empty");
    if (*length <= most) return true;
    context.error(node, fmt::format("this text has {} characters; the most is {}", *length, most));
    return false;
  };
  return decoder;
}

namespace {
constexpr std::size_t kLongestSlug = 64;
}

Decoder<std::string> slug_decoder(std::string_view what) {
  Decoder<std::string> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9-]*$"}, {"maxLength", kLongestSlug}};
  decoder.read = [expected = std::string(what)](DecodeContext& context, const Node& node, std::string& out) {
    if (!require_text(context, node, expected)) return false;
    std::string fixed;
    for (const char c : node.text) {
      const bool upper = c >= 'A' && c <= 'Z';
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && !fixed.empty()) || upper)
        fixed += upper ? static_cast<char>(c + 32) : c;
      else if (!fixed.empty() && fixed.back() != '-')
        fixed += '-';
    }
    while (fixed != node.text && !fixed.empty() && fixed.back() == '-') fixed.pop_back();
    if (fixed == node.text && !fixed.empty() && fixed.size() <= kLongestSlug) {
      out = node.text;
      return true;
    }
    const bool fixable = fixed != node.text && !fixed.empty() && fixed.size() <= kLongestSlug;
    context.error(
        node, fmt::format("{} is made of lower-case letters, digits and hyphens, at most {}", expected, kLongestSlug),
        fixable ? fmt::format("did you mean \"{}\"?", fixed) : "");
    return false;
  };
  return decoder;
}

}  // namespace firstlight::decode
