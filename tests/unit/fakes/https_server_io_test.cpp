// The shared HTTPS server on real sockets: framing, limits, time-outs, what it journals, and that nothing outlives it.
// Limits here are one second; the tests allow for up to five.
#include "fakes/http/https_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <variant>

#include "tests/unit/fakes/test_lab.hpp"

namespace firstlight::fakes {
namespace {

using test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

boost::asio::awaitable<HttpAnswer> echo(const HttpPeer& peer, const wire::HttpRequest& request) {
  if (request.target == "/throw") throw std::runtime_error("a secret detail");
  wire::HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.target + " " + request.body + " " + std::to_string(peer.camera);
  co_return response;
}

class HttpsServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start() {
    Sim sim = derive_sim(boost::asio::ip::make_address("127.0.0.9"));
    sim.camera = 7;
    lab_.sims.list(boost::asio::ip::make_address("127.0.0.9"), sim);
    HttpsServerConfig config;
    config.source = journal::Source::iot;
    config.identity = lab_.identity;
    config.idle_limit = std::chrono::seconds(1);
    config.handshake_limit = std::chrono::seconds(1);
    config.limits.header_bytes = 1024;
    config.limits.body_bytes = 2048;
    auto context = lab_.context();
    server_ = HttpsServer::start(context, std::move(config), echo).value();
  }

  test::TestLab lab_;
  std::unique_ptr<HttpsServer> server_;
};

TEST_F(HttpsServerTest, KeepsAConnectionForMoreRequests) {
  start();
  Client client(lab_, server_->port(), "127.0.0.9");
  client.send("GET /one?secret=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto first = client.receive_response();
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(first, EndsWith("\r\n\r\nGET /one?secret=1  7"));
  EXPECT_THAT(first, HasSubstr("Content-Length: 20\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("Connection")));
  client.send("POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
  EXPECT_TRUE(client.receive_all());
  EXPECT_THAT(client.received, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(client.received, EndsWith("POST /two abc 7"));
  lab_.end();
  const auto served = lab_.events<journal::HttpServed>();
  ASSERT_EQ(served.size(), 2U);
  EXPECT_EQ(served[0].first.source, journal::Source::iot);
  EXPECT_EQ(served[0].first.camera, 7U);
  EXPECT_EQ(served[0].first.peer, "127.0.0.9");
  EXPECT_EQ(served[0].second.service, "iot");
  EXPECT_EQ(served[0].second.method, "GET");
  EXPECT_EQ(served[0].second.path, "/one");
  EXPECT_EQ(served[0].second.status, 200U);
  EXPECT_EQ(served[1].second.method, "POST");
}

TEST_F(HttpsServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  Client client(lab_, server_->port());
  client.send(
      "GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
      "GET /three HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive_response(), EndsWith("GET /one  0"));
  EXPECT_THAT(client.receive_response(), EndsWith("POST /two hi 0"));
  EXPECT_THAT(client.receive_response(), EndsWith("GET /three  0"));
}

/// Every event of the journal as its file has it.
template <class... Payloads>
std::string journal_text(test::TestLab& lab, const std::variant<Payloads...>* /*of which kinds*/) {
  std::string text;
  const auto add = [&](const auto& events) {
    for (const auto& [event, payload] : events) text += journal::format_event(event) + "\n";
  };
  (add(lab.events<Payloads>()), ...);
  return text;
}

TEST_F(HttpsServerTest, ASecretInTheUrlOrTheMethodIsToldAndNotKept) {
  start();
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW1lcmEifQ.c2lnbmF0dXJl";
  Client client(lab_, server_->port());
  for (const auto& line : {"GET /v1/" + token + "/me?a=1", "GET /v1?token=" + token, token + " /plain"}) {
    client.send(line + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.receive_response(), StartsWith("HTTP/1.1 200 "));
  }
  lab_.end();
  const auto served = lab_.events<journal::HttpServed>();
  ASSERT_EQ(served.size(), 3U);
  EXPECT_EQ(served[0].second.path, "[redacted]");
  EXPECT_EQ(served[1].second.path, "/v1");
  EXPECT_EQ(served[2].second.method, "[redacted]");
  EXPECT_EQ(lab_.events<journal::SecretSeen>().size(), 2U);
  EXPECT_THAT(journal_text(lab_, static_cast<journal::Payload*>(nullptr)), Not(HasSubstr(token)));
}

TEST_F(HttpsServerTest, AnHttp10ConnectionEndsAfterItsResponse) {
  start();
  Client client(lab_, server_->port());
  client.send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.receive_all());
  EXPECT_THAT(client.received, EndsWith("GET /old  0"));
}

TEST_F(HttpsServerTest, AHeadResponseHasNoBody) {
  start();
  Client client(lab_, server_->port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive_all());
  EXPECT_THAT(client.received, EndsWith("\r\n\r\n"));
  EXPECT_THAT(client.received, HasSubstr("Content-Length: 9\r\n"));
}

TEST_F(HttpsServerTest, RefusesWhatItCannotRead) {
  start();
  struct Case {
    std::string bytes;
    const char* status;
    const char* code;
  };
  for (const auto& c : {Case{"\x01\x02garbage\r\n\r\n", "HTTP/1.1 400 ", "BadRequest"},
                        Case{"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(4000, 'x') + "\r\n\r\n", "HTTP/1.1 431 ",
                             "HeaderTooLarge"},
                        Case{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + std::string(50'000, 'x'),
                             "HTTP/1.1 413 ", "ContentTooLarge"}}) {
    SCOPED_TRACE(c.code);
    Client client(lab_, server_->port());
    client.send(c.bytes);
    EXPECT_TRUE(client.receive_all());
    EXPECT_THAT(client.received, StartsWith(c.status));
    EXPECT_THAT(client.received, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(client.received, HasSubstr(std::string("{\"code\":\"") + c.code + "\",\"message\":\""));
  }
  lab_.end();
  const auto served = lab_.events<journal::HttpServed>();
  ASSERT_EQ(served.size(), 3U);
  EXPECT_EQ(served[0].second.status, 400U);
  EXPECT_EQ(served[0].second.path, "");
}

TEST_F(HttpsServerTest, AFailingHandlerIsA500WithoutDetails) {
  start();
  Client client(lab_, server_->port());
  client.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto response = client.receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(response, Not(HasSubstr("secret")));
  client.send("GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive_response(), EndsWith("GET /after  0"));
}

TEST_F(HttpsServerTest, ATrickledRequestEndsAtTheLimit) {
  start();
  Client client(lab_, server_->port());
  client.receive_limit(std::chrono::milliseconds(200));  // paces the trickle
  const auto started = SteadyClock::now();
  auto got = Client::Got::nothing_yet;
  const std::string request = "GET /slow HTTP/1.1\r\nHost: xxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n";
  std::size_t sent = 0;
  while (got == Client::Got::nothing_yet && sent < request.size()) {
    client.send(request.substr(sent++, 1));
    got = client.receive_some();
  }
  EXPECT_EQ(got, Client::Got::end);
  EXPECT_EQ(client.received, "");
  EXPECT_GE(SteadyClock::now() - started, std::chrono::milliseconds(900));
  EXPECT_LE(SteadyClock::now() - started, std::chrono::seconds(5));
}

TEST_F(HttpsServerTest, AnIdleConnectionIsClosed) {
  start();
  Client client(lab_, server_->port());
  const auto started = SteadyClock::now();
  EXPECT_TRUE(client.receive_all());
  EXPECT_GE(SteadyClock::now() - started, std::chrono::milliseconds(900));
}

TEST_F(HttpsServerTest, ATlsHandshakeThatFailsOrStallsIsJournaled) {
  start();
  Client stalled(lab_, server_->port(), "127.0.0.9", Client::Tls::no);
  Client plain(lab_, server_->port(), "127.0.0.10", Client::Tls::no);
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(plain.receive_all());
  EXPECT_TRUE(stalled.receive_all());
  lab_.end();
  const auto failed = lab_.events<journal::TlsFailed>();
  ASSERT_EQ(failed.size(), 2U);
  EXPECT_EQ(failed[0].first.peer, "127.0.0.10");
  EXPECT_EQ(failed[0].second.error, "tls-failed");
  EXPECT_EQ(failed[1].first.camera, 7U);
  EXPECT_EQ(failed[1].second.error, "tls-handshake-timeout");
  EXPECT_EQ(failed[1].second.service, "iot");
}

TEST_F(HttpsServerTest, LiveConnectionsEndWithTheirShards) {
  start();
  Client idle(lab_, server_->port());
  Client half(lab_, server_->port(), "127.0.0.2");
  Client silent(lab_, server_->port(), "127.0.0.3", Client::Tls::no);
  half.send("GET / HTT");
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.receive_response();
  lab_.end();
  EXPECT_TRUE(idle.receive_all());
  EXPECT_TRUE(half.receive_all());
  EXPECT_TRUE(silent.receive_all());
}

TEST_F(HttpsServerTest, ConnectionsOutliveAServerThatIsDestroyedFirst) {
  start();
  Client client(lab_, server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive_response(), EndsWith("GET /a  0"));
  std::promise<void> destroyed;
  boost::asio::post(lab_.front, [&] {
    server_.reset();
    destroyed.set_value();
  });
  destroyed.get_future().wait();
  client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive_response(), EndsWith("GET /b  0"));
}

TEST_F(HttpsServerTest, ATakenPortIsNamed) {
  start();
  HttpsServerConfig config;
  config.identity = lab_.identity;
  config.port = server_->port();
  auto context = lab_.context();
  const auto second = HttpsServer::start(context, std::move(config), echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::address_in_use);
  EXPECT_EQ(second.error().detail, "127.0.0.1:" + std::to_string(server_->port()));
}

}  // namespace
}  // namespace firstlight::fakes
