// Certificates of the lab's authorities, judged by the openssl command.
#include "fakes/pki/authority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes::iot {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class IotAuthority : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  IotAuthority() { write_file(folder / "ca.pem", authority.certificate_chain); }
  Ran openssl(const std::string& arguments) { return run_command("cd '" + folder / "" + "' && openssl " + arguments); }
  CryptoContext crypto;
  WallClock clock;
  AuthorityPem authority = make_authority(crypto, "test CA", clock.now());
  TempFolder folder;
};

TEST_F(IotAuthority, AnAuthorityIsSelfSignedForTenYears) {
  EXPECT_EQ(openssl("verify -x509_strict -CAfile ca.pem ca.pem").output, "ca.pem: OK\n");
  EXPECT_EQ(openssl("x509 -in ca.pem -noout -checkend $((3650 * 86400))").status, 0);
  EXPECT_NE(openssl("x509 -in ca.pem -noout -checkend $((3654 * 86400))").status, 0);
  EXPECT_THAT(openssl("x509 -in ca.pem -noout -text").output, HasSubstr("CA:TRUE"));
}

TEST_F(IotAuthority, DeviceCertificatesLookLikeThoseOfAwsIot) {
  Authority device(crypto, authority);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  for (const auto kind : {wire::KeyKind::ec_p256, wire::KeyKind::rsa_2048}) {
    const auto issued = device.issue_device(kind, {now - std::chrono::hours(1), now + std::chrono::hours(1)});
    write_file(folder / "device.pem", issued.certificate_pem);
    write_file(folder / "device.key", issued.private_key_pem);
    EXPECT_EQ(openssl("verify -x509_strict -purpose sslclient -CAfile ca.pem device.pem").output, "device.pem: OK\n");
    const auto text = openssl("x509 -in device.pem -noout -text").output;
    EXPECT_THAT(text, HasSubstr("Subject: CN = AWS IoT Certificate\n"));
    EXPECT_THAT(text, ContainsRegex("Serial Number:\n +([0-9a-f]{2}:){19}[0-9a-f]{2}\n"));
    EXPECT_THAT(text, HasSubstr("Signature Algorithm: ecdsa-with-SHA256"));
    EXPECT_THAT(text, ContainsRegex("Basic Constraints: critical\n +CA:FALSE\n"));
    EXPECT_THAT(text, ContainsRegex("Key Usage: critical\n +Digital Signature\n"));
    EXPECT_THAT(text, HasSubstr("Subject Key Identifier"));
    EXPECT_THAT(text, HasSubstr("Authority Key Identifier"));
    EXPECT_THAT(text, HasSubstr(kind == wire::KeyKind::ec_p256 ? "NIST CURVE: P-256" : "(2048 bit)"));
    EXPECT_EQ(openssl("x509 -in device.pem -outform DER | openssl dgst -sha256 -r").output,
              issued.id.value() + " *stdin\n");
    EXPECT_EQ(openssl("x509 -in device.pem -noout -pubkey").output, openssl("pkey -in device.key -pubout").output);
    EXPECT_EQ(openssl("x509 -in device.pem -noout -dates -dateopt iso_8601").output,
              "notBefore=" + format_rfc3339(issued.validity.not_before).replace(10, 1, " ") +
                  "\nnotAfter=" + format_rfc3339(issued.validity.not_after).replace(10, 1, " ") + "\n");
  }
}

TEST_F(IotAuthority, TwoCertificatesShareNothing) {
  Authority device(crypto, authority);
  const wire::Validity validity{clock.now(), clock.now() + std::chrono::hours(1)};
  const auto a = device.issue_device(wire::KeyKind::ec_p256, validity);
  const auto b = device.issue_device(wire::KeyKind::ec_p256, validity);
  EXPECT_NE(a.id, b.id);
  EXPECT_NE(a.private_key_pem, b.private_key_pem);
}

TEST_F(IotAuthority, AServerIsCoveredByNameAndAddress) {
  const auto identity = issue_server_identity(crypto, authority, {"endorse.soracom.io", "iot.example"},
                                              {"127.0.0.1", "::1"}, clock.now());
  write_file(folder / "server.pem", identity.certificate_chain);
  const std::string verify = "verify -x509_strict -purpose sslserver -CAfile ca.pem ";
  for (const auto* check : {"-verify_hostname endorse.soracom.io", "-verify_hostname iot.example",
                            "-verify_ip 127.0.0.1", "-verify_ip ::1"})
    EXPECT_EQ(openssl(verify + check + " server.pem").status, 0) << check;
  for (const auto* check : {"-verify_hostname soracom.io", "-verify_hostname a.iot.example", "-verify_ip 127.0.0.2"})
    EXPECT_NE(openssl(verify + check + " server.pem").status, 0) << check;
}

TEST_F(IotAuthority, AServersCertificateDoesNotOutliveItsAuthority) {
  const auto late = clock.now() + std::chrono::days(3600);
  const auto identity = issue_server_identity(crypto, authority, {"a.example"}, {}, late);
  write_file(folder / "server.pem", identity.certificate_chain);
  EXPECT_EQ(openssl("x509 -in server.pem -noout -enddate").output, openssl("x509 -in ca.pem -noout -enddate").output);
}

TEST_F(IotAuthority, AForeignKeyIsRefused) {
  auto mixed = authority;
  mixed.private_key = make_authority(crypto, "other", clock.now()).private_key;
  EXPECT_THROW(Authority(crypto, mixed), std::runtime_error);
  mixed.private_key = "nonsense";
  EXPECT_THROW(Authority(crypto, mixed), std::runtime_error);
}

}  // namespace
}  // namespace firstlight::fakes::iot
