// The faults at `link` as the kernel shows them to a device: how its connection ends, how many bytes it got before, and
// that the journal has each firing once.
#include <gmock/gmock.h>

#include "tests/unit/fakes/fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using namespace std::chrono_literals;
using test::client_hello;
using test::Device;
using test::FaultLab;
using test::kFirst;
using test::kRequest;
using test::only_for;
using test::rule_of;
using test::TlsDevice;
using testing::ElementsAre;
using testing::IsEmpty;
using End = Device::End;

class LinkFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  static fault::Rule first(const std::string& effect, const test::Given& given = {}) {
    return rule_of("link.endorse", effect, given, kFirst);
  }
  static std::string bytes(std::size_t n) { return std::to_string(n) + "B"; }
};

TEST_F(LinkFaults, ARefusedPortIsRefusedByTheKernelAndOpensAgain) {
  FaultLab lab({});
  EXPECT_TRUE(lab.serves(1));
  EXPECT_TRUE(lab.set_port(PortState::closed));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Device(lab.port).connect_error, ECONNREFUSED);
  EXPECT_TRUE(lab.set_port(PortState::open));
  EXPECT_EQ(lab.server->port(), lab.port);
  EXPECT_TRUE(lab.serves(1));
}

TEST_F(LinkFaults, ACameraWithADestinationOfItsOwnIsRefusedAlone) {
  FaultLab lab({});
  const auto own = [&](auto& listeners) { return listeners.add(7, "127.48.0.7"); };
  EXPECT_EQ(Device(lab.port, 7, "127.48.0.7").connect_error, ECONNREFUSED) << "nobody listens there yet";
  ASSERT_TRUE(lab.on_front(own));
  EXPECT_EQ(Device(lab.port, 7, "127.48.0.7").connect_error, 0);
  EXPECT_TRUE(lab.set_port(PortState::closed, 7));
  EXPECT_EQ(Device(lab.port, 7, "127.48.0.7").connect_error, ECONNREFUSED);
  EXPECT_TRUE(lab.serves(1)) << "the others come to another address";
  EXPECT_TRUE(lab.set_port(PortState::open, 7));
  EXPECT_TRUE(lab.set_port(PortState::closed));
  EXPECT_EQ(Device(lab.port, 7, "127.48.0.7").connect_error, 0);
  EXPECT_EQ(Device(lab.port).connect_error, ECONNREFUSED);
  EXPECT_TRUE(lab.set_port(PortState::open));
  const auto unpublished_key = lab.set_port(PortState::closed, 8);
  ASSERT_FALSE(unpublished_key);
  EXPECT_EQ(unpublished_key.error().code, Errc::not_found);
}

TEST_F(LinkFaults, APortThatSomebodyElseTookStaysClosedAndSaysSo) {
  FaultLab lab({});
  ASSERT_TRUE(lab.set_port(PortState::closed));
  const int thief = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
  there.sin_port = htons(lab.port);
  ASSERT_EQ(::bind(thief, reinterpret_cast<sockaddr*>(&there), sizeof there), 0);
  ASSERT_EQ(::listen(thief, 1), 0);
  const auto opened = lab.set_port(PortState::open);
  ::close(thief);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::address_in_use);
}

TEST_F(LinkFaults, AResetAtOnceComesBeforeAnyByte) {
  FaultLab lab({first("reset")});
  Device device(lab.port);
  EXPECT_EQ(device.receive(), "");
  EXPECT_EQ(device.end, End::reset);
  EXPECT_TRUE(lab.serves(1)) << "the second attempt";
  EXPECT_THAT(lab.firings(), ElementsAre("reset/link.endorse/reset 1 1"));
}

TEST_F(LinkFaults, AResetBeforeTlsAnswersTheClientHello) {
  FaultLab lab({only_for(first("reset", {{"when", "before-tls"}}), 1, 1)});
  Device device(lab.port);
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_EQ(lab.count("reset"), 0U) << "nothing has been broken yet";
  device.send(client_hello());
  EXPECT_EQ(device.receive(), "");
  EXPECT_EQ(device.end, End::reset);
  EXPECT_THAT(lab.firings(), ElementsAre("reset/link.endorse/reset 1 1"));
}

TEST_F(LinkFaults, ADeviceThatLeavesBeforeItsClientHelloMeetsNoReset) {
  FaultLab lab({only_for(rule_of("link.endorse", "reset", {{"when", "before-tls"}}), 1, 1)});
  { const Device leaves(lab.port); }
  EXPECT_TRUE(lab.serves());
  EXPECT_THAT(lab.firings(), IsEmpty());
}

TEST_F(LinkFaults, AResetAfterTlsLetsTheHandshakeComplete) {
  FaultLab lab({first("reset", {{"when", "after-tls"}})});
  TlsDevice device(lab);
  EXPECT_TRUE(device.handshake());
  EXPECT_EQ(device.read(), "");
  EXPECT_EQ(device.end, End::reset);
  EXPECT_EQ(lab.asked, 0);
  EXPECT_THAT(lab.firings(), ElementsAre("reset/link.endorse/reset 1 1"));
}

TEST_F(LinkFaults, AResetAfterBytesComesAtThatByte) {
  const auto hello = client_hello();
  FaultLab lab({first("reset", {{"when", "after-bytes"}, {"bytes", bytes(hello.size() + 100)}})});
  Device device(lab.port);
  device.send(hello);
  EXPECT_EQ(device.receive().size(), 100U);
  EXPECT_EQ(device.end, End::reset);
  EXPECT_THAT(lab.firings(), ElementsAre("reset/link.endorse/reset 1 1"));
}

TEST_F(LinkFaults, WhatMayPassArrivesBeforeTheResetThoughItIsLate) {
  const auto hello = client_hello();
  FaultLab lab({first("reset", {{"when", "after-bytes"}, {"bytes", bytes(hello.size() + 100)}}),
                first("latency", {{"of", "300ms"}}), first("slice", {{"bytes", "64KiB"}, {"pause", "0s"}})});
  Device device(lab.port);
  device.send(hello);
  ASSERT_TRUE(lab.fired("slice")) << "the answer, in one piece, is under way";
  device.send("x");  // beyond what may pass
  EXPECT_GE(device.receive().size(), 99U);
  EXPECT_EQ(device.end, End::reset);
}

TEST_F(LinkFaults, ABlackholeAcceptsAndIsSilent) {
  FaultLab lab({only_for(first("blackhole"), 1, 1)});
  Device device(lab.port);
  EXPECT_EQ(device.connect_error, 0);
  EXPECT_TRUE(device.send(client_hello()));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_TRUE(lab.serves(1)) << "the second attempt";
  EXPECT_TRUE(device.silent());
  EXPECT_THAT(lab.firings(), ElementsAre("blackhole/link.endorse/blackhole 1 1"));
}

TEST_F(LinkFaults, AStallComesAfterThatManyBytesAndNobodySaysSo) {
  const auto hello = client_hello();
  FaultLab lab({only_for(first("stall", {{"after", bytes(hello.size() + 70)}}), 1, 1)});
  Device device(lab.port);
  device.send(hello);
  EXPECT_EQ(device.receive(70).size(), 70U);
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_TRUE(device.send("more"));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_THAT(lab.firings(), ElementsAre("stall/link.endorse/stall 1 1"));
}

TEST_F(LinkFaults, AStallThatIsNotReachedIsNone) {
  FaultLab lab({first("stall", {{"after", "1MiB"}})});
  EXPECT_TRUE(lab.serves(1));
  EXPECT_THAT(lab.firings(), IsEmpty());
}

TEST_F(LinkFaults, AHalfCloseIsAFinAfterThatManyBytesAndTheLabStillReads) {
  const auto hello = client_hello();
  FaultLab lab({only_for(first("half-close", {{"after", bytes(hello.size() + 100)}}), 1, 1)});
  Device device(lab.port);
  device.send(hello);
  EXPECT_TRUE(lab.fired("half-close")) << "the bytes are still unread here";
  EXPECT_EQ(device.receive().size(), 100U);
  EXPECT_EQ(device.end, End::fin);
  EXPECT_TRUE(device.send("more"));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.send("and more")) << "a closed socket would have answered the first with a reset";
  EXPECT_TRUE(lab.serves());
  EXPECT_EQ(device.receive(), "");
  EXPECT_EQ(device.end, End::fin);
  EXPECT_THAT(lab.firings(), ElementsAre("half-close/link.endorse/half-close 1 1"));
}

TEST_F(LinkFaults, ASliceIsOneSmallPieceAtATime) {
  FaultLab lab({only_for(first("slice", {{"bytes", "33B"}, {"pause", "1h"}}), 1, 1)});
  Device device(lab.port);
  device.send(client_hello());
  EXPECT_EQ(device.receive(33).size(), 33U);
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent()) << "the next piece is for after the pause";
  EXPECT_THAT(lab.firings(), ElementsAre("slice/link.endorse/slice 1 1"));
}

TEST_F(LinkFaults, SlicesAreTheWholeOfIt) {
  FaultLab lab({first("slice", {{"bytes", "1B"}, {"pause", "0s"}})});
  lab.body.assign(3000, 'x');
  TlsDevice device(lab);
  ASSERT_TRUE(device.handshake());
  device.write(kRequest);
  std::string got;
  while (got.size() < 3000) {
    const auto some = device.read();
    if (some.empty()) break;
    got += some;
  }
  EXPECT_THAT(got, testing::EndsWith(lab.body));
}

TEST_F(LinkFaults, LatencyIsAddedToBothWays) {
  FaultLab lab({first("latency", {{"of", "60ms"}})});
  Device device(lab.port);
  const auto sent = SteadyClock::now();
  device.send(client_hello());
  EXPECT_EQ(device.receive(1).size(), 1U);
  EXPECT_GE(SteadyClock::now() - sent, 120ms);
  EXPECT_THAT(lab.firings(), ElementsAre("latency/link.endorse/latency 1 1"));
}

TEST_F(LinkFaults, BandwidthIsBytesASecond) {
  const auto hello = client_hello();
  FaultLab lab({first("bandwidth", {{"rate", bytes(hello.size() * 5)}})});
  Device device(lab.port);
  const auto sent = SteadyClock::now();
  device.send(hello);
  EXPECT_EQ(device.receive(1).size(), 1U);
  EXPECT_GE(SteadyClock::now() - sent, 200ms) << "the ClientHello alone takes a fifth of a second";
  EXPECT_THAT(lab.firings(), ElementsAre("bandwidth/link.endorse/bandwidth 1 1"));
}

TEST_F(LinkFaults, APartitionHoldsAndThenDelivers) {
  auto rule = rule_of("link.endorse", "partition");
  rule.between = fault::Window{0s, 400ms};
  FaultLab lab({only_for(rule, 1, 1)});
  const auto now = SteadyClock::now();
  lab.faults.start(now, now);
  Device device(lab.port);
  device.send(client_hello());
  EXPECT_EQ(device.receive(1).size(), 1U);
  EXPECT_GE(SteadyClock::now() - now, 400ms);
  EXPECT_THAT(lab.firings(), ElementsAre("partition/link.endorse/partition 1 1"));
}

TEST_F(LinkFaults, EachOfTwoPartitionsHoldsInItsOwnTimeAndIsProvenThen) {
  for (const bool later_first : {false, true}) {
    auto now_on = rule_of("link.endorse", "partition"), later = now_on;
    now_on.id = "now", later.id = "later";
    now_on.between = fault::Window{0s, 400ms};
    later.between = fault::Window{1h, 2h};
    std::vector rules{only_for(now_on, 1, 1), only_for(later, 1, 1)};
    if (later_first) std::swap(rules[0], rules[1]);
    FaultLab lab(std::move(rules));
    const auto now = SteadyClock::now();
    lab.faults.start(now, now);
    Device device(lab.port);
    device.send(client_hello());
    EXPECT_EQ(device.receive(1).size(), 1U);
    EXPECT_GE(SteadyClock::now() - now, 400ms);
    EXPECT_THAT(lab.firings(), ElementsAre("now/link.endorse/partition 1 1"));
  }
}

TEST_F(LinkFaults, TwoPartitionsThatTouchAreOne) {
  auto one = rule_of("link.endorse", "partition"), two = one;
  one.id = "one", two.id = "two";
  one.between = fault::Window{0s, 200ms};
  two.between = fault::Window{200ms, 500ms};
  FaultLab lab({only_for(two, 1, 1), only_for(one, 1, 1)});
  const auto now = SteadyClock::now();
  lab.faults.start(now, now);
  Device device(lab.port);
  device.send(client_hello());
  EXPECT_EQ(device.receive(1).size(), 1U);
  EXPECT_GE(SteadyClock::now() - now, 500ms);
  EXPECT_THAT(lab.firings(), ElementsAre("one/link.endorse/partition 1 1", "two/link.endorse/partition 1 1"));
}

TEST_F(LinkFaults, APartitionHoldsTheEndOfTheConnectionToo) {
  auto rule = rule_of("link.endorse", "partition");
  rule.between = fault::Window{500ms, 1500ms};
  FaultLab lab({only_for(rule, 1, 1)});
  auto now = SteadyClock::now();
  lab.faults.start(now + 1h, now);  // not yet
  TlsDevice device(lab);
  ASSERT_TRUE(device.handshake());
  now = SteadyClock::now();
  lab.faults.start(now - 500ms, now);  // from now on, for a second
  ::shutdown(device.fd, SHUT_WR);      // the server would answer with its own end
  EXPECT_TRUE(lab.fired("partition"));
  EXPECT_TRUE(lab.serves());
  pollfd end{device.fd, POLLRDHUP, 0};
  EXPECT_EQ(::poll(&end, 1, 0), 0);
  EXPECT_EQ(::poll(&end, 1, 10'000), 1);
  EXPECT_GE(SteadyClock::now() - now, 1s);
  EXPECT_THAT(lab.firings(), ElementsAre("partition/link.endorse/partition 1 1"));
}

TEST_F(LinkFaults, AFlappingLinkHoldsTheEndOfTheConnectionInItsDownPhase) {
  FaultLab lab({only_for(first("flap", {{"up", "300ms"}, {"down", "1h"}}), 1, 1)});
  const auto now = SteadyClock::now();
  Device device(lab.port);
  // The phase itself is the subject: 300 ms from when the lab took the connection, which it does within 100 ms.
  while (SteadyClock::now() - now < 400ms) ::poll(nullptr, 0, 20);
  ::shutdown(device.fd, SHUT_WR);
  EXPECT_TRUE(lab.fired("flap"));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent()) << "the server, which has not heard of it, has not closed";
}

TEST_F(LinkFaults, OfTwoRulesWithOneEffectTheLastIsCarriedOutAndProven) {
  const auto hello = client_hello();
  const std::vector<std::pair<fault::Rule, fault::Rule>> pairs{
      {first("reset", {{"when", "after-tls"}}), first("reset")},
      {first("stall", {{"after", "1MiB"}}), first("stall", {{"after", "0B"}})},
      {first("slice", {{"bytes", "7B"}}), first("slice", {{"bytes", "33B"}, {"pause", "1h"}})}};
  for (auto [overridden, last] : pairs) {
    const auto proven = "last/link.endorse/" + std::string(last.effect->name) + " 1 1";
    overridden.id = "overridden", last.id = "last";
    FaultLab lab({only_for(overridden, 1, 1), only_for(last, 1, 1)});
    Device device(lab.port);
    device.send(hello);
    EXPECT_TRUE(lab.fired("last"));
    EXPECT_THAT(lab.firings(), ElementsAre(proven));
  }
}

TEST_F(LinkFaults, OfTwoRulesThatSayTheSameOneIsProven) {
  auto one = first("reset"), two = one;
  one.id = "one", two.id = "two";
  FaultLab lab({one, two});
  Device device(lab.port);
  EXPECT_EQ(device.receive(), "");
  EXPECT_EQ(device.end, End::reset);
  EXPECT_THAT(lab.firings(), ElementsAre("two/link.endorse/reset 1 1"));
}

TEST_F(LinkFaults, LatenciesAddUpAndAreBothProven) {
  auto one = first("latency", {{"of", "30ms"}}), two = one;
  one.id = "one", two.id = "two";
  FaultLab lab({one, two});
  Device device(lab.port);
  const auto sent = SteadyClock::now();
  device.send(client_hello());
  EXPECT_EQ(device.receive(1).size(), 1U);
  EXPECT_GE(SteadyClock::now() - sent, 120ms);
  EXPECT_THAT(lab.firings(), ElementsAre("one/link.endorse/latency 1 1", "two/link.endorse/latency 1 1"));
}

TEST_F(LinkFaults, AFlappingLinkHoldsWhatComesInItsDownPhase) {
  FaultLab lab({only_for(first("flap", {{"up", "1ms"}, {"down", "1h"}}), 1, 1)});
  Device device(lab.port);
  for (int i = 0; i < 500 && lab.count("flap") == 0; ++i) {
    device.send(std::string(1, '\x16'));  // the first byte of a TLS record, and no whole record follows
    ::poll(nullptr, 0, 20);
  }
  EXPECT_TRUE(lab.fired("flap"));
  EXPECT_TRUE(device.silent());
}

TEST_F(LinkFaults, CamerasThatTheRuleDoesNotMeanSeeNothing) {
  FaultLab lab({only_for(rule_of("link.endorse", "reset"), 3, 3)});
  EXPECT_TRUE(lab.serves(2));
  EXPECT_TRUE(lab.serves(4));
  test::Client unpublished_key(lab.lab, lab.port, "127.0.0.1");
  unpublished_key.send(kRequest);
  EXPECT_TRUE(unpublished_key.receive_response().starts_with("HTTP/1.1 200"));
  Device hit(lab.port, 3);
  hit.receive();
  EXPECT_EQ(hit.end, End::reset);
  EXPECT_THAT(lab.firings(), ElementsAre("reset/link.endorse/reset 3 1"));
}

TEST_F(LinkFaults, AStallAtLinkIsNotTakenForOneAtTls) {
  auto far = only_for(rule_of("link.endorse", "stall", {{"after", "1MiB"}}), 1, 1);
  far.id = "far";
  FaultLab lab({far, only_for(rule_of("tls.endorse", "stall", {{"step", "certificate"}}), 1, 1)});
  Device device(lab.port);
  device.send(client_hello());
  EXPECT_TRUE(lab.fired("stall"));
  EXPECT_THAT(lab.firings(), ElementsAre("stall/tls.endorse/stall 1 1"));
}

TEST_F(LinkFaults, TwoHundredStalledConnectionsHoldUpNobody) {
  FaultLab lab({only_for(rule_of("link.endorse", "blackhole"), 1, 100),
                only_for(rule_of("tls.endorse", "stall", {{"step", "server-hello"}}), 101, 150),
                only_for(rule_of("tls.endorse", "stall", {{"step", "certificate"}}), 151, 200)});
  const auto hello = client_hello();
  std::vector<std::unique_ptr<Device>> stalled;
  for (std::uint32_t n = 1; n <= 200; ++n) {
    stalled.push_back(std::make_unique<Device>(lab.port, n));
    EXPECT_TRUE(stalled.back()->send(hello));
    if (n > 150) {
      EXPECT_EQ(stalled.back()->receive(5).substr(0, 1), "\x16");
    }
  }
  EXPECT_TRUE(lab.fired("blackhole", 100));
  EXPECT_TRUE(lab.fired("stall", 100));
  for (std::uint32_t n = 201; n <= 240; ++n) EXPECT_TRUE(lab.serves(n)) << n;
  for (std::uint32_t n = 1; n <= 200; ++n) {
    auto& device = *stalled[n - 1];
    // Of the last fifty the ServerHello may still be unread, but nothing may come after it.
    if (n > 150) {
      std::array<char, 4096> buffer{};
      while (::recv(device.fd, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
      }
    }
    EXPECT_TRUE(device.silent()) << n << " ended";
  }
  EXPECT_EQ(lab.firings().size(), 200U);
}

}  // namespace
}  // namespace firstlight::fakes
