#include "wire/http.hpp"

#include <gtest/gtest.h>

namespace firstlight::wire {
namespace {

template <class Parser>
std::string fed(Parser& parser, std::string_view bytes) {
  const auto taken = parser.feed(bytes);
  return taken ? std::to_string(*taken) : std::string(taken.error().name());
}

std::string request_error(std::string_view bytes, HttpLimits limits = {}) {
  HttpRequestParser parser(limits);
  const auto taken = parser.feed(bytes);
  if (!taken) return std::string(taken.error().name());
  return parser.done() ? "done" : "more";
}
std::string response_error(std::string_view bytes) {
  HttpResponseParser parser;
  const auto taken = parser.feed(bytes);
  if (!taken) return std::string(taken.error().name());
  return parser.done() ? "done" : "more";
}

TEST(HttpRequest, IsReadAsItStands) {
  HttpRequestParser parser;
  EXPECT_FALSE(parser.started());
  EXPECT_EQ(fed(parser,
                "POST /a%20b?x=1&y=+ HTTP/1.1\r\nHost: h:1\r\nX-One:  two \r\nx-one: three\r\n"
                "Content-Length: 5\r\n\r\nhello"),
            "95");
  ASSERT_TRUE(parser.done());
  EXPECT_TRUE(parser.started());
  const auto request = parser.take();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a%20b?x=1&y=+");
  EXPECT_EQ(request.path(), "/a%20b");
  EXPECT_EQ(request.query(), "x=1&y=+");
  EXPECT_EQ(request.headers,
            (HeaderList{{"Host", "h:1"}, {"X-One", "two"}, {"x-one", "three"}, {"Content-Length", "5"}}));
  EXPECT_EQ(request.header("HOST"), "h:1");
  EXPECT_EQ(request.header("Accept"), std::nullopt);
  EXPECT_EQ(request.body, "hello");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(parser.started());
}

TEST(HttpRequest, KeepAliveFollowsVersionAndConnection) {
  const auto keep_alive = [](std::string_view bytes) {
    HttpRequestParser parser;
    EXPECT_TRUE(parser.feed(bytes));
    return parser.take().keep_alive;
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nConnection: x, close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(HttpRequest, PipelinedInputIsLeftToTheNextMessage) {
  const std::string first = "POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", second = "GET /2 HTTP/1.1\r\n\r\n";
  HttpRequestParser parser;
  EXPECT_EQ(fed(parser, first + second), std::to_string(first.size()));
  EXPECT_EQ(fed(parser, second), "0");  // not before take()
  EXPECT_EQ(parser.take().body, "ab");
  EXPECT_EQ(fed(parser, second), std::to_string(second.size()));
  EXPECT_EQ(parser.take().target, "/2");
}

TEST(HttpRequest, EverySplitGivesTheSameMessage) {
  const std::string text =
      "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HttpRequestParser parser;
    ASSERT_EQ(fed(parser, text.substr(0, cut)), std::to_string(cut));
    ASSERT_EQ(parser.done(), cut == text.size());
    if (!parser.done()) {
      ASSERT_EQ(fed(parser, text.substr(cut) + "GET"), std::to_string(text.size() - cut)) << cut;
    }
    ASSERT_TRUE(parser.done());
    const auto request = parser.take();
    EXPECT_EQ(request.body, "hello!");
    EXPECT_EQ(request.headers, (HeaderList{{"Host", "a"}, {"Transfer-Encoding", "chunked"}}));  // no trailer
  }
  HttpRequestParser parser;
  for (const char c : text) ASSERT_EQ(fed(parser, {&c, 1}), "1");
  EXPECT_EQ(parser.take().body, "hello!");
}

TEST(HttpRequest, AmbiguousFramingIsRefused) {
  for (const auto* headers :
       {"Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 1",
        "Content-Length: 1\r\nContent-Length: 2", "Content-Length: 1, 2", "Content-Length: -1", "Content-Length: +1",
        "Content-Length: 0x1", "Content-Length:", "Content-Length: 18446744073709551616", "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Host: a\r\nHost: b"})
    EXPECT_EQ(request_error(std::string("POST / HTTP/1.1\r\n") + headers + "\r\n\r\n"), "http-malformed") << headers;
  EXPECT_EQ(request_error("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), "http-malformed");
}

TEST(HttpRequest, MalformedOnesAreRefused) {
  for (const auto* text :
       {"GET / HTTP/1.1\n\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.2\r\n\r\n", "GET / XTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA b: c\r\n\r\n", "GET / HTTP/1.1\r\nA : c\r\n\r\n", "GET / HTTP/1.1\r\n: c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \x01\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        "GET / HTTP/1.1\r\nA: b\nB: c\r\n\r\n"})
    EXPECT_EQ(request_error(text), "http-malformed") << text;
  const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* body :
       {"x\r\n", "-1\r\n", "1\r\nab\r\n0\r\n", "fffffffffffffffff\r\n", "\r\n", "5 5\r\n", "1\r\nab0\r\n\r\n"})
    EXPECT_EQ(request_error(chunked + body), "http-malformed") << body;
}

TEST(HttpRequest, SizesAreBoundedHoweverTheBytesArrive) {
  HttpLimits limits;
  limits.header_bytes = 100;
  limits.body_bytes = 10;
  const std::string line = "GET / HTTP/1.1\r\n";
  const auto with_header = [&](std::size_t total) {
    return line + "A: " + std::string(total - line.size() - 7, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(request_error(with_header(100), limits), "done");
  EXPECT_EQ(request_error(with_header(101), limits), "http-too-large");
  EXPECT_EQ(request_error("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", limits), "http-too-large");
  EXPECT_EQ(request_error("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789", limits), "done");
  const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(request_error(chunked + "b\r\n", limits), "http-too-large");
  EXPECT_EQ(request_error(chunked + "6\r\n012345\r\n5\r\n", limits), "http-too-large");
  EXPECT_EQ(request_error(chunked + "1;" + std::string(200, 'x'), limits), "http-too-large");
  EXPECT_EQ(request_error(chunked + "0\r\nT: " + std::string(200, 'x'), limits), "http-too-large");

  HttpRequestParser parser(limits);  // many small fields, byte by byte
  std::string endless = line;
  for (int i = 0; i < 100; ++i) endless += "A: b\r\n";
  std::size_t taken = 0;
  while (taken < endless.size() && parser.feed({&endless[taken], 1})) ++taken;
  EXPECT_EQ(taken, 99U);
}

TEST(HttpRequest, FeedEnd) {
  HttpRequestParser parser;
  EXPECT_TRUE(parser.feed_end());  // between messages
  EXPECT_TRUE(parser.feed("GET / HT"));
  EXPECT_EQ(parser.feed_end().error().name(), "http-malformed");
  HttpRequestParser in_body;
  EXPECT_TRUE(in_body.feed("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"));
  EXPECT_EQ(in_body.feed_end().error().name(), "http-malformed");
}

TEST(HttpResponse, SeparatesFramingFromHeaders) {
  HttpResponseParser parser;
  EXPECT_TRUE(
      parser.feed("HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
                  "Connection: close\r\n\r\nno"));
  ASSERT_TRUE(parser.done());
  const auto response = parser.take();
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(response.content_type, "text/plain");
  EXPECT_EQ(response.headers, (HeaderList{{"Retry-After", "7"}}));
  EXPECT_EQ(response.body, "no");
  EXPECT_TRUE(response.close);
}

TEST(HttpResponse, Chunked) {
  HttpResponseParser parser;
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  ASSERT_TRUE(parser.done());
  const auto response = parser.take();
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.content_type, "");
  EXPECT_TRUE(response.headers.empty());
  EXPECT_FALSE(response.close);
}

TEST(HttpResponse, DelimitedByTheEndOfTheConnection) {
  HttpResponseParser parser;
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nsome"));
  EXPECT_TRUE(parser.feed(" text"));
  EXPECT_FALSE(parser.done());
  EXPECT_TRUE(parser.feed_end());
  ASSERT_TRUE(parser.done());
  const auto response = parser.take();
  EXPECT_EQ(response.body, "some text");
  EXPECT_TRUE(response.close);
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_TRUE(parser.feed_end());
  EXPECT_EQ(parser.take().body, "");
}

TEST(HttpResponse, TruncatedOnesAreNotCompletedByTheEnd) {
  for (const auto* text : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Le",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "H"}) {
    HttpResponseParser parser;
    EXPECT_TRUE(parser.feed(text)) << text;
    EXPECT_EQ(parser.feed_end().error().name(), "http-malformed") << text;
  }
}

TEST(HttpResponse, StatusesWithoutABody) {
  for (const auto* line : {"204 No Content", "304 Not Modified", "100 Continue"}) {
    HttpResponseParser parser;
    EXPECT_EQ(fed(parser, std::string("HTTP/1.1 ") + line + "\r\n\r\nHTTP"),
              std::to_string(std::string(line).size() + 13));
    EXPECT_TRUE(parser.done());
  }
}

TEST(HttpResponse, MalformedOnesAreRefused) {
  for (const auto* text :
       {"HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: a\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"})
    EXPECT_EQ(response_error(text), "http-malformed") << text;
}

TEST(HttpFormat, Response) {
  HttpResponse response;
  response.status = 401;
  response.headers = {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}};
  response.body = "{}";
  response.close = true;
  EXPECT_EQ(format_response(response),
            "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nWWW-Authenticate: Bearer "
            "error=\"invalid_token\"\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
  HttpResponse empty;
  empty.content_type.clear();
  EXPECT_EQ(format_response(empty), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpFormat, Request) {
  HttpRequest request;
  request.target = "/v1/x?y=z";
  request.headers = {{"Authorization", "Bearer t"}, {"host", "other"}, {"content-length", "9"}};
  EXPECT_EQ(format_request(request, "h:8443"),
            "GET /v1/x?y=z HTTP/1.1\r\nHost: h:8443\r\nAuthorization: Bearer t\r\n\r\n");
  request.method = "POST";
  request.headers.clear();
  request.keep_alive = false;
  EXPECT_EQ(format_request(request, "h"),
            "POST /v1/x?y=z HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  request.body = "abc";
  EXPECT_EQ(format_request(request, "h"),
            "POST /v1/x?y=z HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
}

TEST(HttpFormat, AValueCannotBecomeAHeader) {
  HttpResponse response;
  response.headers = {{"Location", "/x\r\nSet-Cookie: a=b\r\n\r\n<html>"}};
  EXPECT_EQ(format_response(response),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLocation: /x  Set-Cookie: a=b    <html>\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(HttpFormat, PercentCoding) {
  EXPECT_EQ(percent_encode("aZ09-._~ /?&=%\xc3\xa9"), "aZ09-._~%20%2F%3F%26%3D%25%C3%A9");
  EXPECT_EQ(percent_decode("a%20b+c%C3%a9%00", Plus::literal), std::string("a b+c\xc3\xa9\0", 8));
  EXPECT_EQ(percent_decode("a+b%2B", Plus::space), "a b+");
  for (const auto* bad : {"%", "%1", "%g0", "%0g", "a%2", "%%20", "% 20"})
    EXPECT_EQ(percent_decode(bad, Plus::literal), std::nullopt) << bad;
}

TEST(HttpFormat, Query) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parse_query("b=1&a=x%26y&b=2&flag&=v&e=&k=a=b"),
            (Pairs{{"b", "1"}, {"a", "x&y"}, {"b", "2"}, {"flag", ""}, {"", "v"}, {"e", ""}, {"k", "a=b"}}));
  EXPECT_EQ(parse_query(""), Pairs{});
  EXPECT_EQ(parse_query("&&a=+&"), (Pairs{{"a", " "}}));
  EXPECT_EQ(parse_query("a=%zz"), std::nullopt);
  EXPECT_EQ(parse_query("%a=1"), std::nullopt);
}

}  // namespace
}  // namespace firstlight::wire
