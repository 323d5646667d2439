#include "wire/secrets.hpp"

#include <algorithm>

namespace firstlight::wire {

namespace {

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// The length of the base64url text that `text` begins with.
std::size_t base64url_length(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_base64url) - text.begin());
}

/// Whether a JWS stands at the beginning; `eyJ` is `{"` in base64url.
bool is_token(std::string_view text) {
  for (int part = 0; part < 2; ++part) {
    const auto length = base64url_length(text);
    if (length == 0 || length == text.size() || text[length] != '.') return false;
    text.remove_prefix(length + 1);
  }
  return base64url_length(text) > 0;
}

}  // namespace

std::optional<std::string_view> find_secret(std::string_view text) {
  if (text.find("PRIVATE KEY-----") != std::string_view::npos) return "private-key";
  constexpr std::string_view kHeader = "eyJ";
  // What follows a run of base64url decides for every place in it, so each run is looked at once.
  for (auto at = text.find(kHeader); at != std::string_view::npos;) {
    if (is_token(text.substr(at))) return "token";
    at = text.find(kHeader, at + base64url_length(text.substr(at)));
  }
  return {};
}

std::string without_secret(std::string_view text) {
  return find_secret(text) ? "[redacted]" : std::string(text);
}

}  // namespace firstlight::wire
