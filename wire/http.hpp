// HTTP/1.1 messages as plain values, and parsers that are fed bytes: no sockets here. Servers and clients read bytes,
// feed them, and get a whole message. Parsing is Boost.Beast's (RFC 9112), compiled in one place.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace firstlight::wire {

using HeaderList = std::vector<std::pair<std::string, std::string>>;  // in order; names as received

/// The first header with that name (compared without case), or nothing.
[[nodiscard]] std::optional<std::string_view> find_header(const HeaderList& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // origin-form: path and query, as on the wire
  HeaderList headers;
  std::string body;
  bool keep_alive = true;  // after this message (HTTP version and Connection header)
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
  [[nodiscard]] std::string_view path() const;   // target up to '?'
  [[nodiscard]] std::string_view query() const;  // after '?', empty without one
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";  // empty: no Content-Type header
  HeaderList headers;                             // besides Content-Type, Content-Length, Connection
  std::string body;
  bool close = false;  // adds "Connection: close"; the server closes after it
  friend bool operator==(const HttpResponse&, const HttpResponse&) = default;
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
};

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 256 * 1024;
};

/// Incremental parser of one message at a time. feed() consumes as much as belongs to the current message and returns
/// how many bytes it took; what is left belongs to the next message. Errors: http-malformed, http-too-large.
template <class Message>
class HttpParser {
 public:
  explicit HttpParser(HttpLimits limits = {});
  ~HttpParser();
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;

  result<std::size_t> feed(std::string_view bytes);
  /// The peer ended the stream: completes a response that is delimited by the connection's end; otherwise, within a
  /// message, http-malformed.
  result<void> feed_end();
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool started() const;  // some byte of a message was taken
  /// The whole message; call once done(), after which the parser is ready for the next message.
  Message take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
using HttpRequestParser = HttpParser<HttpRequest>;
using HttpResponseParser = HttpParser<HttpResponse>;

/// The bytes of a message: Content-Length always, never chunked. Header order: Date is not sent; Content-Type, the
/// given headers, Content-Length, Connection: close where asked.
[[nodiscard]] std::string format_response(const HttpResponse& response);
/// Adds Host first and, with a body, Content-Length.
[[nodiscard]] std::string format_request(const HttpRequest& request, std::string_view host);

enum class Plus : std::uint8_t { literal, space };  // a query string's + is a space, a path's is a plus
/// Percent-decoding (RFC 3986 §2.1). Nothing when a '%' is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, Plus plus);
[[nodiscard]] std::string percent_encode(std::string_view text);
/// "a=1&b=x" in order, decoded; nothing when an escape is malformed.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

[[nodiscard]] std::string_view reason_phrase(unsigned status);

}  // namespace firstlight::wire
