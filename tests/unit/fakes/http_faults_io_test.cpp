// The faults at `*.http` byte by byte, as a client reads them after TLS: status and header, framing that is right or
// wrong, answers that break off, are late or are none.
#include <gmock/gmock.h>

#include "tests/unit/fakes/fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using test::Client;
using test::FaultLab;
using test::Given;
using test::kFirst;
using test::kRequest;
using test::only_for;
using test::rule_of;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(const std::string& effect, const Given& given = {}) {
    lab = std::make_unique<FaultLab>(std::vector{only_for(rule_of("endorse.http", effect, given, kFirst), 1, 1)});
    client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
    client->send(kRequest);
  }
  std::string whole_response() const {
    wire::HttpResponse response;
    response.content_type = "text/plain";
    response.body = lab->body;
    return wire::format_response(response);
  }
  /// The connection is still good: the second request is answered as if nothing had been.
  void expect_second_request_served() {
    client->received.clear();
    client->send(kRequest);
    EXPECT_EQ(client->receive_response(), whole_response());
  }
  void expect_fired_once(const std::string& effect) {
    EXPECT_TRUE(lab->fired(effect));
    EXPECT_THAT(lab->firings(), ElementsAre(effect + "/endorse.http/" + effect + " 1 1"));
  }

  std::unique_ptr<FaultLab> lab;
  std::unique_ptr<Client> client;
};

TEST_F(HttpFaults, AStatusWithRetryAfterAndTheServiceIsNotAsked) {
  start("status", {{"code", "503"}, {"retry_after", "1500ms"}});
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: 2\r\n")) << "whole seconds, upwards";
  EXPECT_THAT(response, EndsWith("}"));
  EXPECT_EQ(lab->asked, 0);
  expect_second_request_served();
  EXPECT_EQ(lab->asked, 1);
  expect_fired_once("status");
  const auto served = lab->lab.events<journal::HttpServed>();
  ASSERT_EQ(served.size(), 2U);
  EXPECT_EQ(served[0].second.status, 503U);
}

TEST_F(HttpFaults, AStatusWithoutRetryAfterHasNoSuchHeader) {
  start("status", {{"code", "429"}});
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(response, Not(HasSubstr("Retry-After")));
}

TEST_F(HttpFaults, ALateAnswerIsProvenFromItsBeginning) {
  start("delay", {{"by", "1h"}});
  EXPECT_TRUE(lab->fired("delay")) << "the device gives up long before the answer, and met the fault nevertheless";
  client->receive_limit(std::chrono::milliseconds(1));
  EXPECT_TRUE(lab->serves());
  EXPECT_EQ(client->receive_some(), Client::Got::nothing_yet);
  expect_fired_once("delay");
}

TEST_F(HttpFaults, ALateAnswerIsTheProperOne) {
  start("delay", {{"by", "80ms"}});
  const auto sent = SteadyClock::now();
  EXPECT_EQ(client->receive_response(), whole_response());
  EXPECT_GE(SteadyClock::now() - sent, std::chrono::milliseconds(70));
  expect_second_request_served();
  expect_fired_once("delay");
}

TEST_F(HttpFaults, ATruncatedAnswerIsThatShareAndThenTheEnd) {
  start("truncated", {{"keep", "25%"}});
  EXPECT_TRUE(client->receive_all());
  const auto whole = whole_response();
  EXPECT_EQ(client->received, whole.substr(0, static_cast<std::size_t>(std::lround(0.25 * double(whole.size())))));
  expect_fired_once("truncated");
}

TEST_F(HttpFaults, NothingOfAnAnswerIsAnEmptyReply) {
  start("truncated", {{"keep", "0%"}});
  EXPECT_TRUE(client->receive_all());
  EXPECT_EQ(client->received, "");
  expect_fired_once("truncated");
}

TEST_F(HttpFaults, GarbageIsThatManyBytesThatAreNoHttp) {
  start("garbage", {{"bytes", "700B"}});
  EXPECT_TRUE(client->receive_all());
  EXPECT_EQ(client->received.size(), 700U);
  EXPECT_THAT(client->received, Not(StartsWith("H")));
  expect_fired_once("garbage");
}

TEST_F(HttpFaults, AContentLengthThatSaysMore) {
  start("wrong-length", {{"by", "7"}});
  EXPECT_TRUE(client->receive_all());
  EXPECT_THAT(client->received, HasSubstr("\r\nContent-Length: " + std::to_string(lab->body.size() + 7) + "\r\n"));
  EXPECT_THAT(client->received, EndsWith("\r\n\r\n" + lab->body));
  expect_fired_once("wrong-length");
}

TEST_F(HttpFaults, AContentLengthThatSaysLess) {
  start("wrong-length", {{"by", "-7"}});
  EXPECT_TRUE(client->receive_all());
  EXPECT_THAT(client->received, HasSubstr("\r\nContent-Length: " + std::to_string(lab->body.size() - 7) + "\r\n"));
  EXPECT_THAT(client->received, EndsWith("\r\n\r\n" + lab->body));
}

TEST_F(HttpFaults, ChunkedIsRightAndInManyChunks) {
  lab = std::make_unique<FaultLab>(std::vector{rule_of("endorse.http", "chunked", {}, kFirst)});
  lab->body.assign(250, 'x');
  client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
  client->send(kRequest);
  while (!client->received.ends_with("\r\n0\r\n\r\n"))
    if (client->receive_some() != Client::Got::bytes) break;
  EXPECT_THAT(client->received, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(client->received, Not(HasSubstr("Content-Length")));
  const std::string hundred(100, 'x'), fifty(50, 'x');
  EXPECT_THAT(client->received,
              EndsWith("\r\n\r\n64\r\n" + hundred + "\r\n64\r\n" + hundred + "\r\n32\r\n" + fifty + "\r\n0\r\n\r\n"));
  expect_second_request_served();
  expect_fired_once("chunked");
}

TEST_F(HttpFaults, AnEmptyAnswerIsA200WithoutABody) {
  start("empty");
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
  expect_second_request_served();
  expect_fired_once("empty");
}

TEST_F(HttpFaults, AnHtmlPageIsA200OfAnotherType) {
  start("html");
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/html"));
  EXPECT_THAT(response, EndsWith("</html>"));
  EXPECT_EQ(lab->asked, 0);
  expect_fired_once("html");
}

TEST_F(HttpFaults, ARedirectNamesAnotherPlace) {
  start("redirect", {{"to", "https://attacker.example/steal"}});
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 302 Found\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nLocation: https://attacker.example/steal\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 0\r\n"));
  expect_fired_once("redirect");
}

TEST_F(HttpFaults, TwoRulesDamageOneAnswer) {
  lab = std::make_unique<FaultLab>(std::vector{rule_of("endorse.http", "status", {{"code", "500"}}, kFirst),
                                               rule_of("endorse.http", "truncated", {{"keep", "50%"}}, kFirst)});
  client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
  client->send(kRequest);
  EXPECT_TRUE(client->receive_all());
  EXPECT_THAT(client->received, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(client->received, Not(EndsWith("}")));
  EXPECT_TRUE(lab->fired("truncated"));
  EXPECT_EQ(lab->firings().size(), 2U);
}

TEST_F(HttpFaults, ADeviceThatLeavesEndsTheDelay) {
  for (const bool pipelines : {false, true}) {
    SCOPED_TRACE(pipelines ? "with a request that is still to be read" : "with nothing to be read");
    start("delay", {{"by", "1h"}});
    EXPECT_TRUE(lab->fired("delay"));
    if (pipelines) client->send(kRequest);
    client->leave();
    EXPECT_TRUE(client->ended_by_server()) << "the connection was held for the whole delay";
    expect_fired_once("delay");
    EXPECT_TRUE(lab->lab.events<journal::HttpServed>().empty()) << "nobody was answered";
  }
}

TEST_F(HttpFaults, APipelinedRequestIsNotTheDevicesEnd) {
  start("delay", {{"by", "50ms"}});
  client->send(kRequest);
  EXPECT_EQ(client->receive_response(), whole_response());
  EXPECT_EQ(client->receive_response(), whole_response());
  expect_fired_once("delay");
}

class HttpFaultsTogether : public HttpFaults {
 protected:
  void start(std::vector<fault::Rule> rules, const std::string& method = "GET") {
    lab = std::make_unique<FaultLab>(std::move(rules));
    client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
    client->send(method + " / HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  static fault::Rule first(const std::string& effect, const Given& given = {}) {
    return rule_of("endorse.http", effect, given, kFirst);
  }
};

TEST_F(HttpFaultsTogether, ARuleThatAnotherOneOverridesHasNotFired) {
  struct Case {
    fault::Rule overridden, winner;
  };
  for (const auto& [overridden, winner] :
       {Case{first("status", {{"code", "500"}}), first("garbage")}, Case{first("chunked"), first("wrong-length")},
        Case{first("status", {{"code", "500"}}), first("html")}}) {
    SCOPED_TRACE(overridden.id + " and " + winner.id);
    for (const bool swapped : {false, true}) {
      if (swapped && winner.id == "html") continue;  // of two whole answers the later one wins
      start(swapped ? std::vector{winner, overridden} : std::vector{overridden, winner});
      expect_fired_once(winner.id);
    }
  }
}

TEST_F(HttpFaultsTogether, OfTwoThatDoTheSameOneHasFired) {
  auto again = first("status", {{"code", "500"}});
  again.id = "again";
  start({first("status", {{"code", "500"}}), again});
  EXPECT_THAT(client->receive_response(), StartsWith("HTTP/1.1 500 "));
  EXPECT_TRUE(lab->fired("again"));
  EXPECT_THAT(lab->firings(), ElementsAre("again/endorse.http/status 1 1"));
}

TEST_F(HttpFaultsTogether, WhatChangesNothingHasNotFiredAndTheConnectionLives) {
  for (const auto& rule : {first("truncated", {{"keep", "100%"}}), first("delay", {{"by", "0s"}})}) {
    SCOPED_TRACE(rule.id);
    start({rule});
    EXPECT_EQ(client->receive_response(), whole_response());
    expect_second_request_served();
    EXPECT_EQ(lab->firings().size(), 0U);
  }
}

TEST_F(HttpFaultsTogether, AnAnswerThatIsEmptyAlreadyCannotBeEmptied) {
  lab = std::make_unique<FaultLab>(std::vector{first("empty")});
  lab->body.clear();
  client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
  client->send(kRequest);
  EXPECT_EQ(client->receive_response(), whole_response());
  EXPECT_EQ(lab->firings().size(), 0U);
}

TEST_F(HttpFaultsTogether, AnEmptyAnswerIsA200WhateverTheServiceSays) {
  start({first("status", {{"code", "503"}}), first("empty")});
  const auto response = client->receive_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 0\r\n"));
  expect_fired_once("empty");
  EXPECT_EQ(lab->lab.events<journal::HttpServed>().at(0).second.status, 200U);
}

TEST_F(HttpFaultsTogether, AHeadRequestGetsNoBody) {
  for (const auto& rule : {first("status", {{"code", "503"}}), first("html"), first("chunked"), first("empty"),
                           first("wrong-length"), first("delay", {{"by", "1ms"}})}) {
    SCOPED_TRACE(rule.id);
    start({rule}, "HEAD");
    while (!client->received.ends_with("\r\n\r\n"))
      if (client->receive_some() != Client::Got::bytes) break;
    const auto header = client->received;
    EXPECT_THAT(header, StartsWith("HTTP/1.1 "));
    EXPECT_EQ(header.find("\r\n\r\n"), header.size() - 4) << header;
    if (rule.id == "wrong-length")
      EXPECT_TRUE(client->receive_all());
    else
      expect_second_request_served();
    expect_fired_once(rule.id);
  }
}

TEST_F(HttpFaults, AttemptsAreRequestsThoughTheConnectionIsOne) {
  lab = std::make_unique<FaultLab>(
      std::vector{rule_of("endorse.http", "status", {{"code", "500"}}, fault::Attempts{2, 3, 1})});
  client = std::make_unique<Client>(lab->lab, lab->port, "127.16.0.1");
  std::string statuses;
  for (int i = 0; i < 4; ++i) {
    client->send(kRequest);
    statuses += client->receive_response().substr(9, 4);
  }
  EXPECT_EQ(statuses, "200 500 500 200 ");
  EXPECT_TRUE(lab->fired("status", 2));
  EXPECT_THAT(lab->firings(), ElementsAre("status/endorse.http/status 1 2", "status/endorse.http/status 1 3"));
}

TEST_F(HttpFaults, CamerasThatTheRuleDoesNotMeanSeeNothing) {
  start("garbage");
  EXPECT_TRUE(lab->serves(2));
  client->receive_all();
  expect_fired_once("garbage");
}

}  // namespace
}  // namespace firstlight::fakes
