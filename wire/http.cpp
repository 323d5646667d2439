// The only translation unit with Boost.Beast's HTTP parser.
#include "wire/http.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cassert>
#include <type_traits>

namespace firstlight::wire {

namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

std::string to_std(beast::string_view text) {
  return {text.data(), text.size()};
}

bool same_name(std::string_view a, std::string_view b) {
  return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

Error parse_error(beast::error_code ec) {
  const bool too_large =
      ec == bhttp::error::header_limit || ec == bhttp::error::body_limit || ec == bhttp::error::buffer_overflow;
  return {too_large ? Errc::http_too_large : Errc::http_malformed, ec.message()};
}

}  // namespace

std::optional<std::string_view> find_header(const HeaderList& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

template <class Message>
struct HttpParser<Message>::Impl {
  static constexpr bool kIsRequest = std::is_same_v<Message, HttpRequest>;
  using Parser = bhttp::parser<kIsRequest, bhttp::string_body>;

  explicit Impl(HttpLimits l) : limits(l) { reset(); }

  void reset() {
    parser.emplace();
    // Beast's own header limit counts from the last whole field when the bytes come in pieces; ours is in window().
    parser->header_limit(0x7fffffff);
    parser->body_limit(limits.body_bytes);
    headers.clear();
    pending.clear();
    header_bytes = 0;
    keep_alive = true;
  }

  /// How much of the unparsed bytes may be parsed at once: no element (header, chunk header, trailer) may be longer.
  [[nodiscard]] std::size_t window() const {
    const auto limit = std::min<std::size_t>(limits.header_bytes, 60'000);  // Beast's fields hold less than 64 KiB
    return parser->is_header_done() ? limit : limit - header_bytes;
  }

  result<void> parse() {
    while (!parser->is_done() && !pending.empty()) {
      const auto room = window();
      const bool in_header = !parser->is_header_done();
      beast::error_code ec;
      const auto taken = parser->put({pending.data(), std::min(pending.size(), room)}, ec);
      if (in_header) header_bytes += taken;
      const bool starved = ec == bhttp::error::need_more;
      if (ec && !starved) return parse_error(ec);
      const bool full = pending.size() >= room;
      if (starved && full && (in_header || taken == 0))
        return Error(Errc::http_too_large, in_header ? "header" : "chunk header");
      pending.erase(0, taken);
      if (in_header && parser->is_header_done()) {
        if (auto checked = take_header(); !checked) return checked;
      }
      if (starved && !full) break;
    }
    return {};
  }

  /// Copies the header before any trailer is appended to it, and refuses what two readers could frame differently.
  result<void> take_header() {
    bool has_host = false;
    for (const auto& field : parser->get()) {
      auto name = to_std(field.name_string());
      auto value = to_std(field.value());
      if (same_name(name, "Transfer-Encoding") && (!same_name(value, "chunked") || parser->get().version() < 11))
        return Error(Errc::http_malformed, "Transfer-Encoding");
      if (kIsRequest && same_name(name, "Host") && std::exchange(has_host, true))
        return Error(Errc::http_malformed, "Host");
      headers.emplace_back(std::move(name), std::move(value));
    }
    keep_alive = parser->keep_alive();
    return {};
  }

  HttpLimits limits;
  std::optional<Parser> parser;
  HeaderList headers;
  std::string pending;  // received, but not yet a whole element
  std::size_t header_bytes = 0;
  bool keep_alive = true;
};

template <class Message>
HttpParser<Message>::HttpParser(HttpLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
template <class Message>
HttpParser<Message>::~HttpParser() = default;
template <class Message>
HttpParser<Message>::HttpParser(HttpParser&&) noexcept = default;
template <class Message>
HttpParser<Message>& HttpParser<Message>::operator=(HttpParser&&) noexcept = default;

template <class Message>
result<std::size_t> HttpParser<Message>::feed(std::string_view bytes) {
  if (done()) return std::size_t{0};
  impl_->pending.append(bytes);
  if (auto parsed = impl_->parse(); !parsed) return parsed.error();
  if (!done()) return bytes.size();
  const auto left = impl_->pending.size();
  assert(left <= bytes.size());
  impl_->pending.clear();
  return bytes.size() - left;
}

template <class Message>
result<void> HttpParser<Message>::feed_end() {
  if (done() || !started()) return {};
  auto& parser = *impl_->parser;
  if (!parser.is_header_done() || !parser.need_eof() || !impl_->pending.empty())
    return Error(Errc::http_malformed, "the stream ended within a message");
  beast::error_code ec;
  parser.put_eof(ec);
  if (ec) return parse_error(ec);
  return {};
}

template <class Message>
bool HttpParser<Message>::done() const {
  return impl_->parser->is_done();
}

template <class Message>
bool HttpParser<Message>::started() const {
  return impl_->parser->got_some() || !impl_->pending.empty();
}

template <>
HttpRequest HttpParser<HttpRequest>::take() {
  assert(done());
  auto& message = impl_->parser->get();
  HttpRequest request;
  request.method = to_std(message.method_string());
  request.target = to_std(message.target());
  request.headers = std::move(impl_->headers);
  request.body = std::move(message.body());
  request.keep_alive = impl_->keep_alive;
  impl_->reset();
  return request;
}

template <>
HttpResponse HttpParser<HttpResponse>::take() {
  assert(done());
  auto& message = impl_->parser->get();
  HttpResponse response;
  response.status = message.result_int();
  response.content_type = std::string(find_header(impl_->headers, "Content-Type").value_or(""));
  response.body = std::move(message.body());
  response.close = !impl_->keep_alive;
  static constexpr std::array<std::string_view, 4> kFraming{"Content-Type", "Content-Length", "Connection",
                                                            "Transfer-Encoding"};
  for (auto& header : impl_->headers) {
    const auto is_framing = [&](std::string_view name) { return same_name(header.first, name); };
    if (std::none_of(kFraming.begin(), kFraming.end(), is_framing)) response.headers.push_back(std::move(header));
  }
  impl_->reset();
  return response;
}

template class HttpParser<HttpRequest>;
template class HttpParser<HttpResponse>;

}  // namespace firstlight::wire
