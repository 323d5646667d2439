// The faults at `tls` as OpenSSL's client tells them: verification codes, alerts, versions, suites, sizes of records
// and chains, and handshakes that stop; with the journal's proof of each.
#include <gmock/gmock.h>
#include <openssl/sslerr.h>

#include "tests/unit/fakes/fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using test::client_hello;
using test::Device;
using test::FaultLab;
using test::Given;
using test::kFirst;
using test::kRequest;
using test::only_for;
using test::rule_of;
using test::TlsDevice;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

fault::Rule tls(const std::string& effect, const Given& given = {}) {
  return rule_of("tls.endorse", effect, given, kFirst);
}

class TlsFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};

struct Untrusted {
  const char* effect;
  long code;
};
class TlsCertificateFaults : public testing::TestWithParam<Untrusted> {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};
INSTANTIATE_TEST_SUITE_P(Effects, TlsCertificateFaults,
                         testing::Values(Untrusted{"expired", X509_V_ERR_CERT_HAS_EXPIRED},
                                         Untrusted{"not-yet-valid", X509_V_ERR_CERT_NOT_YET_VALID},
                                         Untrusted{"wrong-name", X509_V_ERR_HOSTNAME_MISMATCH},
                                         Untrusted{"self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
                                         Untrusted{"unknown-ca", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
                                         Untrusted{"incomplete-chain", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY}),
                         [](const auto& p) {
                           std::string name = p.param.effect;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(TlsCertificateFaults, TheClientsVerificationFailsWithThatCode) {
  const std::string effect = GetParam().effect;
  FaultLab lab({tls(effect)});
  {
    TlsDevice device(lab);
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.verified, GetParam().code) << X509_verify_cert_error_string(device.verified);
    EXPECT_EQ(device.reason, SSL_R_CERTIFICATE_VERIFY_FAILED);
  }
  EXPECT_TRUE(lab.serves(1)) << "the second attempt gets the proper certificate";
  EXPECT_TRUE(lab.fired(effect));
  EXPECT_THAT(lab.firings(), ElementsAre(effect + "/tls.endorse/" + effect + " 1 1"));
}

TEST_F(TlsFaults, AnExpiredCertificateExpiredWhenTheRuleSays) {
  FaultLab lab({tls("expired", {{"ago", "36h"}})});
  TlsDevice device(lab);
  EXPECT_FALSE(device.handshake());
  auto* certificate = sk_X509_value(SSL_get_peer_cert_chain(device.ssl.get()), 0);
  ASSERT_NE(certificate, nullptr);
  const auto ago = unix_seconds(lab.lab.clock.now()) - unix_seconds(wire::validity(certificate).not_after);
  EXPECT_GE(ago, 36 * 3600);
  EXPECT_LE(ago, 36 * 3600 + 60);
}

TEST_F(TlsFaults, AWrongNameIsTheRules) {
  FaultLab lab({tls("wrong-name", {{"name", "camera.example"}})});
  TlsDevice device(lab);
  SSL_set1_host(device.ssl.get(), "camera.example");
  EXPECT_TRUE(device.handshake());
}

TEST_F(TlsFaults, AnIncompleteChainIsOneCertificateAlone) {
  FaultLab lab({tls("incomplete-chain")});
  TlsDevice device(lab);
  EXPECT_FALSE(device.handshake());
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(device.ssl.get())), 1);
}

TEST_F(TlsFaults, AnOversizedChainIsAtLeastThatLargeAndValid) {
  FaultLab lab({tls("oversized", {{"bytes", "20KiB"}})});
  TlsDevice device(lab);
  EXPECT_TRUE(device.handshake());
  EXPECT_GE(device.chain_bytes(), 20U * 1024);
  EXPECT_LE(device.chain_bytes(), 22U * 1024);
  TlsDevice proper(lab);
  EXPECT_TRUE(proper.handshake());
  EXPECT_LE(proper.chain_bytes(), 2048U);
}

class TlsAlerts : public testing::TestWithParam<int> {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};
INSTANTIATE_TEST_SUITE_P(Numbers, TlsAlerts, testing::Values(40, 42, 44, 46, 48, 70, 80, 112));

TEST_P(TlsAlerts, TheClientIsToldThatNumber) {
  FaultLab lab({tls("alert", {{"number", std::to_string(GetParam())}})});
  {
    TlsDevice device(lab);
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.alert, GetParam());
    EXPECT_EQ(device.reason, SSL_AD_REASON_OFFSET + GetParam());
  }
  EXPECT_TRUE(lab.serves(1));
  EXPECT_THAT(lab.firings(), ElementsAre("alert/tls.endorse/alert 1 1"));
}

TEST_F(TlsFaults, TheAlertIsSevenBytesAndThenAFin) {
  FaultLab lab({only_for(tls("alert", {{"number", "255"}}), 1, 1)});
  Device device(lab.port);
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent()) << "it answers the ClientHello, not the connection";
  device.send(client_hello());
  EXPECT_EQ(device.receive(), std::string("\x15\x03\x03\x00\x02\x02\xff", 7));
  EXPECT_EQ(device.end, Device::End::fin);
}

TEST_F(TlsFaults, ADeviceThatLeavesWithoutAWordMeetsNoFault) {
  FaultLab lab({only_for(rule_of("tls.endorse", "alert"), 1, 1), only_for(rule_of("tls.endorse", "stall"), 2, 2),
                only_for(rule_of("tls.endorse", "expired"), 3, 3)});
  for (std::uint32_t n = 1; n <= 3; ++n) {
    const Device leaves(lab.port, n);
    ::shutdown(leaves.fd, SHUT_RDWR);
  }
  EXPECT_TRUE(lab.serves(4));
  EXPECT_TRUE(lab.serves(5));
  EXPECT_THAT(lab.firings(), IsEmpty());
}

TEST_F(TlsFaults, AServerOfAnOldVersionIsRefusedByAModernClient) {
  for (const std::string only : {"1.0", "1.1"}) {
    FaultLab lab({tls("version", {{"only", only}})});
    {
      TlsDevice device(lab);
      EXPECT_FALSE(device.handshake());
      EXPECT_EQ(device.alert, SSL_AD_PROTOCOL_VERSION);
      EXPECT_EQ(device.reason, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    }
    EXPECT_TRUE(lab.fired("version"));
    EXPECT_THAT(lab.firings(), ElementsAre("version/tls.endorse/version 1 1"));
  }
}

TEST_F(TlsFaults, AVersionThatTheClientKnowsIsTheOneThatIsSpoken) {
  for (const auto& [only, version] : {std::pair<std::string, int>{"1.0", TLS1_VERSION},
                                      {"1.1", TLS1_1_VERSION},
                                      {"1.2", TLS1_2_VERSION},
                                      {"1.3", TLS1_3_VERSION}}) {
    FaultLab lab({tls("version", {{"only", only}})});
    TlsDevice device(lab);
    SSL_set_min_proto_version(device.ssl.get(), TLS1_VERSION);
    SSL_set_security_level(device.ssl.get(), 0);
    SSL_set_cipher_list(device.ssl.get(), "DEFAULT@SECLEVEL=0");
    EXPECT_TRUE(device.handshake()) << only << " " << device.reason;
    EXPECT_EQ(SSL_version(device.ssl.get()), version);
  }
}

TEST_F(TlsFaults, OneSuiteOnlyIsTheOneThatIsSpoken) {
  for (const std::string only : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                                 "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    FaultLab lab({tls("cipher", {{"only", only}})});
    TlsDevice device(lab);
    EXPECT_TRUE(device.handshake()) << only;
    EXPECT_EQ(SSL_get_cipher_name(device.ssl.get()), only);
  }
}

TEST_F(TlsFaults, AClientWithoutThatSuiteGetsAHandshakeFailure) {
  FaultLab lab({tls("cipher", {{"only", "ECDHE-ECDSA-CHACHA20-POLY1305"}})});
  {
    TlsDevice device(lab);
    SSL_set_cipher_list(device.ssl.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.alert, SSL_AD_HANDSHAKE_FAILURE);
  }
  EXPECT_TRUE(lab.fired("cipher"));
  EXPECT_THAT(lab.firings(), ElementsAre("cipher/tls.endorse/cipher 1 1"));
}

TEST_F(TlsFaults, RecordsAreAsSmallAsTheRuleSays) {
  FaultLab lab({tls("max-fragment", {{"bytes", "600B"}})});
  lab.body.assign(8000, 'x');
  const auto largest = [&] {
    TlsDevice device(lab);
    EXPECT_TRUE(device.handshake());
    device.write(kRequest);
    for (std::size_t got = 0; got < 8000;) {
      const auto some = device.read();
      if (some.empty()) break;
      got += some.size();
    }
    return device.largest_record;
  };
  const auto small = largest();
  EXPECT_LE(small, 600U + 1 + 16) << "the type's byte and the tag of TLS 1.3";
  EXPECT_GE(small, 600U);
  EXPECT_GT(largest(), 4000U) << "the second attempt";
  EXPECT_THAT(lab.firings(), ElementsAre("max-fragment/tls.endorse/max-fragment 1 1"));
}

TEST_F(TlsFaults, AStallBeforeTheServerHelloIsSilence) {
  FaultLab lab({only_for(tls("stall"), 1, 1)});
  Device device(lab.port);
  EXPECT_TRUE(lab.serves());
  EXPECT_EQ(lab.count("stall"), 0U) << "there is no ClientHello to be left without an answer";
  device.send(client_hello());
  EXPECT_TRUE(lab.fired("stall"));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_THAT(lab.firings(), ElementsAre("stall/tls.endorse/stall 1 1"));
}

TEST_F(TlsFaults, AStallBeforeTheCertificateIsAServerHelloAndSilence) {
  FaultLab lab({only_for(tls("stall", {{"step", "certificate"}}), 1, 1)});
  Device device(lab.port);
  device.send(client_hello());
  const auto header = device.receive(5);
  ASSERT_EQ(header.size(), 5U);
  EXPECT_EQ(header[0], 22) << "a handshake record";
  const auto length =
      static_cast<std::size_t>(static_cast<unsigned char>(header[3]) << 8 | static_cast<unsigned char>(header[4]));
  const auto record = device.receive(length);
  EXPECT_EQ(record.size(), length);
  EXPECT_EQ(record[0], 2) << "the ServerHello";
  EXPECT_TRUE(lab.fired("stall"));
  EXPECT_TRUE(lab.serves());
  EXPECT_TRUE(device.silent());
  EXPECT_THAT(lab.firings(), ElementsAre("stall/tls.endorse/stall 1 1"));
}

TEST_F(TlsFaults, AVersionIsMetInTheServerHelloThoughNothingFollows) {
  FaultLab lab({only_for(tls("version", {{"only", "1.2"}}), 1, 1), only_for(tls("expired"), 1, 1),
                only_for(tls("stall", {{"step", "certificate"}}), 1, 1)});
  Device device(lab.port);
  device.send(client_hello());
  EXPECT_EQ(device.receive(5).substr(0, 1), "\x16");
  EXPECT_TRUE(lab.fired("stall"));
  EXPECT_TRUE(lab.fired("version"));
  ::shutdown(device.fd, SHUT_RDWR);
  EXPECT_TRUE(lab.serves());
  EXPECT_THAT(lab.firings(),
              testing::UnorderedElementsAre("version/tls.endorse/version 1 1", "stall/tls.endorse/stall 1 1"))
      << "nobody has seen the certificate";
}

TEST_F(TlsFaults, ACertificateThatIsNotShownProvesNothing) {
  FaultLab lab({tls("version", {{"only", "1.0"}}), tls("expired")});
  {
    TlsDevice device(lab);
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.alert, SSL_AD_PROTOCOL_VERSION);
  }
  EXPECT_TRUE(lab.fired("version"));
  EXPECT_THAT(lab.firings(), ElementsAre("version/tls.endorse/version 1 1"));
}

TEST_F(TlsFaults, OfTwoCertificatesTheLastIsShownAndProven) {
  FaultLab lab({tls("expired"), tls("self-signed")});
  {
    TlsDevice device(lab);
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.verified, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  }
  EXPECT_TRUE(lab.fired("self-signed"));
  EXPECT_THAT(lab.firings(), ElementsAre("self-signed/tls.endorse/self-signed 1 1"));
}

TEST_F(TlsFaults, OfTwoAlertsTheLastIsSaidAndProven) {
  auto one = tls("alert", {{"number", "40"}}), two = tls("alert", {{"number", "80"}});
  one.id = "one", two.id = "two";
  FaultLab lab({one, two});
  {
    TlsDevice device(lab);
    EXPECT_FALSE(device.handshake());
    EXPECT_EQ(device.alert, 80);
  }
  EXPECT_TRUE(lab.fired("two"));
  EXPECT_THAT(lab.firings(), ElementsAre("two/tls.endorse/alert 1 1"));
}

struct Moved {
  const char* effect;
  const char* parameter;
  std::chrono::minutes by;  // the lab's clock
};
class TlsClockMoves : public testing::TestWithParam<Moved> {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
};
INSTANTIATE_TEST_SUITE_P(Dates, TlsClockMoves,
                         testing::Values(Moved{"not-yet-valid", "in", 40min}, Moved{"not-yet-valid", "in", -40min},
                                         Moved{"expired", "ago", -90min}, Moved{"expired", "ago", 90min}));

TEST_P(TlsClockMoves, AndTheCertificateIsStillWhatTheRuleSays) {
  const auto& [effect, parameter, by] = GetParam();
  FaultLab lab({rule_of("tls.endorse", effect, {{parameter, "1h"}})});
  const auto off_by = [&] {  // seconds from the lab's time to the date of the certificate that makes it wrong
    TlsDevice device(lab);
    const auto now = unix_seconds(lab.lab.clock.now());
    X509_VERIFY_PARAM_set_time(SSL_get0_param(device.ssl.get()), static_cast<time_t>(now));
    EXPECT_FALSE(device.handshake());
    auto* certificate = sk_X509_value(SSL_get_peer_cert_chain(device.ssl.get()), 0);
    const auto validity = wire::validity(certificate);
    const bool expired = std::string(effect) == "expired";
    return unix_seconds(expired ? validity.not_after : validity.not_before) - now;
  };
  const auto sign = std::string(effect) == "expired" ? -1 : 1;
  EXPECT_NEAR(static_cast<double>(sign * off_by()), 3600, 60);
  lab.lab.clock.set_offset(by);
  EXPECT_NEAR(static_cast<double>(sign * off_by()), 3600, 60);
}

TEST_F(TlsFaults, CamerasThatTheRuleDoesNotMeanSeeNothing) {
  FaultLab lab({only_for(rule_of("tls.endorse", "expired"), 3, 3)});
  for (const std::uint32_t other : {2U, 4U}) {
    TlsDevice device(lab, other);
    EXPECT_TRUE(device.handshake());
    EXPECT_EQ(device.verified, X509_V_OK);
  }
  EXPECT_THAT(lab.firings(), IsEmpty());
}

}  // namespace
}  // namespace firstlight::fakes
