#include "reports/text.hpp"

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace firstlight::reports {

namespace {

std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xF0) return 4;
  return lead >= 0xE0 ? 3 : 2;
}

/// The character at the text's start; empty when there is none.
std::string_view first_character(std::string_view text) {
  const auto c = text.substr(0, announced_length(static_cast<unsigned char>(text.front())));
  return is_utf8(c) ? c : std::string_view{};
}

/// Calls `put` with each character; a byte that belongs to none is the character '?'.
template <class Put>
void each_character(std::string_view text, Put put) {
  while (!text.empty()) {
    const auto c = first_character(text);
    put(c.empty() ? std::string_view("?") : c);
    text.remove_prefix(c.empty() ? 1 : c.size());
  }
}

bool is_control(std::string_view c) {
  const auto first = static_cast<unsigned char>(c.front());
  if (c.size() == 1) return first < 0x20 || first == 0x7f;
  return c.size() == 2 && first == 0xC2 && static_cast<unsigned char>(c[1]) < 0xA0;  // U+0080 to U+009F
}

enum class XmlPlace : std::uint8_t { content, attribute };

std::string xml(std::string_view text, XmlPlace place) {
  const bool attribute = place == XmlPlace::attribute;
  std::string out;
  each_character(text, [&](std::string_view c) {
    if (c == "&")
      out += "&amp;";
    else if (c == "<")
      out += "&lt;";
    else if (c == ">")
      out += "&gt;";
    else if (c == "\"")
      out += "&quot;";
    else if (c == "\n")
      out += attribute ? "&#10;" : "\n";
    else if (c == "\t")
      out += attribute ? "&#9;" : "\t";
    else if (is_control(c) || c == "\xEF\xBF\xBE" || c == "\xEF\xBF\xBF")
      out += '?';
    else
      out += c;
  });
  return out;
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string out;
  each_character(text, [&](std::string_view c) { out += c; });
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  each_character(text, [&](std::string_view c) {
    if (c == "\n")
      out += ' ';
    else if (is_control(c))
      out += '?';
    else
      out += c;
  });
  return out;
}

std::string xml_content(std::string_view text) {
  return xml(text, XmlPlace::content);
}
std::string xml_attribute(std::string_view text) {
  return xml(text, XmlPlace::attribute);
}

}  // namespace firstlight::reports
