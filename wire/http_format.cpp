#include <fmt/format.h>

#include <algorithm>

#include "wire/http.hpp"

namespace firstlight::wire {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  const HeaderList probe{{std::string(name), ""}};
  return std::any_of(names.begin(), names.end(), [&](auto n) { return find_header(probe, n).has_value(); });
}

/// Values may quote what a peer sent (a redirect, a name): a line break in one must not become a header of its own.
void append_line(std::string& out, std::string_view name, std::string_view value) {
  const auto append_clean = [&out](std::string_view text) {
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c;
  };
  append_clean(name);
  out += ": ";
  append_clean(value);
  out += "\r\n";
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view HttpRequest::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view HttpRequest::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

std::string format_response(const HttpResponse& response) {
  auto out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  if (!response.content_type.empty()) append_line(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_line(out, name, value);
  append_line(out, "Content-Length", fmt::format("{}", response.body.size()));
  if (response.close) append_line(out, "Connection", "close");
  out += "\r\n";
  out += response.body;
  return out;
}

std::string format_request(const HttpRequest& request, std::string_view host) {
  auto out = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  append_line(out, "Host", host);
  for (const auto& [name, value] : request.headers)
    if (!is_one_of(name, {"Host", "Content-Length", "Transfer-Encoding", "Connection"})) append_line(out, name, value);
  const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (expects_body || !request.body.empty()) append_line(out, "Content-Length", fmt::format("{}", request.body.size()));
  if (!request.keep_alive) append_line(out, "Connection", "close");
  out += "\r\n";
  out += request.body;
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return {};
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return {};
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';  // RFC 3986 §2.3
    if (unreserved)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), item.size() + 1));
    if (item.empty()) continue;
    const auto equals = std::min(item.find('='), item.size());
    auto name = percent_decode(item.substr(0, equals), Plus::space);
    auto value = percent_decode(item.substr(std::min(item.size(), equals + 1)), Plus::space);
    if (!name || !value) return {};
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

namespace {

struct Reason {
  unsigned status;
  std::string_view phrase;
};
constexpr Reason kReasons[] = {
    // RFC 9110 §15
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_phrase(unsigned status) {
  for (const auto& reason : kReasons)
    if (reason.status == status) return reason.phrase;
  return "Unknown";
}

}  // namespace firstlight::wire
