#include "decode/node.hpp"

#include <cctype>

namespace firstlight::decode {

const Node* Node::find(std::string_view name) const {
  for (const auto& [entry_key, value] : entries)
    if (entry_key->text == name) return value;
  return nullptr;
}

namespace {

std::size_t skip_digits(std::string_view text, std::size_t i) {
  while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

bool is_prefixed_integer(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'o')) return false;
  for (const char c : text.substr(2)) {
    const bool octal = c >= '0' && c <= '7';
    if (text[1] == 'x' ? !std::isxdigit(static_cast<unsigned char>(c)) : !octal) return false;
  }
  return true;
}

ScalarKind number_kind(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return ScalarKind::real;
  const auto whole = skip_digits(text, 0);
  if (whole == text.size()) return text.empty() ? ScalarKind::text : ScalarKind::integer;
  auto i = whole;
  std::size_t fraction = 0;
  if (text[i] == '.') {
    const auto end = skip_digits(text, i + 1);
    fraction = end - i - 1;
    i = end;
  }
  if (whole + fraction == 0) return ScalarKind::text;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    const auto end = skip_digits(text, i);
    if (end == i) return ScalarKind::text;
    i = end;
  }
  return i == text.size() ? ScalarKind::real : ScalarKind::text;
}

}  // namespace

ScalarKind scalar_kind(const Node& node) {
  if (!node.plain) return ScalarKind::text;
  const std::string_view text = node.text;
  for (const std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"})
    if (text == word) return ScalarKind::boolean;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return ScalarKind::real;
  if (is_prefixed_integer(text)) return ScalarKind::integer;
  return number_kind(text);
}

}  // namespace firstlight::decode
