#include "language/map_text.hpp"

#include <fmt/format.h>

namespace firstlight::language {

MapText& MapText::add(std::string_view key, const std::string& value) {
  text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", key, value);
  return *this;
}

std::string scalar_text(const std::string& value) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  bool word = !value.empty();
  std::string quoted = "\"";
  for (const char c : value) {
    word = word && plain(c);
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  // A hyphen begins a list, unless a number follows at once.
  const bool number =
      value.size() > 1 && value[0] == '-' && value.find_first_not_of("0123456789", 1) == std::string::npos;
  return word && (value[0] != '-' || number) ? value : quoted + "\"";
}

}  // namespace firstlight::language
