#include "sim/url.hpp"

#include <algorithm>
#include <charconv>

namespace firstlight::sim {

namespace {

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}
bool is_ipv6_char(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' || c == ':';
}
bool is_target_char(char c) {
  return c > ' ' && c < 0x7F;
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != 443) text += ":" + std::to_string(port);
  return text;
}

result<Url> parse_https_url(std::string_view text) {
  const auto no = [](const char* why) { return Error(Errc::url_unusable, why); };
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme)) return no("not https");
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find('#'));
  const auto end = std::min(text.find_first_of("/?"), text.size());
  auto authority = text.substr(0, end);
  const auto target = text.substr(end);
  Url url;
  if (authority.find('@') != std::string_view::npos) return no("user information");
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return no("host");
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), is_ipv6_char)) return no("host");
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), is_host_char)) return no("host");
  }
  if (!port.empty()) {
    if (port.front() != ':') return no("port");
    port.remove_prefix(1);
    const auto [last, ec] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (ec != std::errc() || last != port.data() + port.size() || url.port == 0) return no("port");
  }
  if (!std::all_of(target.begin(), target.end(), is_target_char)) return no("target");
  if (!target.empty()) url.target = target.front() == '?' ? "/" + std::string(target) : std::string(target);
  return url;
}

}  // namespace firstlight::sim
