// Certificates and keys are judged by the openssl command, which is built from the same library but reads files only.
#include "wire/x509.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "token_vectors.hpp"

namespace firstlight::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class X509Test : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  X509Test() {
    std::string pattern = std::filesystem::temp_directory_path() / "wire-x509-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~X509Test() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& content) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  /// Output and errors of the command, ending with "exit N".
  static std::string openssl(const std::string& arguments) {
    std::string text;
    FILE* pipe = ::popen(("openssl " + arguments + " 2>&1; echo exit $?").c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    char buffer[4096];
    while (const auto n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
    ::pclose(pipe);
    return text;
  }

  static CertificateRequest request(const std::string& common_name, CertificateUsage usage) {
    CertificateRequest r;
    r.subject = {{"O", "Lab"}, {"CN", common_name}};
    r.usage = usage;
    r.validity = {*parse_rfc3339("2026-01-01T00:00:00Z"), *parse_rfc3339("2050-01-01T00:00:00Z")};
    return r;
  }

  CryptoContext crypto;
  PkeyPtr ca_key = generate_key(crypto, KeyKind::ec_p256);
  X509Ptr ca =
      issue_certificate(crypto, request("CA", CertificateUsage::authority), ca_key.get(), nullptr, ca_key.get());
  std::filesystem::path folder_;
};

TEST_F(X509Test, AuthorityIsWhatRfc5280Wants) {
  const auto path = file("ca.pem", certificate_pem(ca.get()));
  const auto text = openssl("x509 -in " + path + " -noout -text");
  EXPECT_THAT(text, HasSubstr("Version: 3 (0x2)"));
  EXPECT_THAT(text, HasSubstr("Issuer: O = Lab, CN = CA"));
  EXPECT_THAT(text, HasSubstr("Subject: O = Lab, CN = CA"));
  EXPECT_THAT(text, HasSubstr("Signature Algorithm: ecdsa-with-SHA256"));
  EXPECT_THAT(text, HasSubstr("ASN1 OID: prime256v1"));
  EXPECT_THAT(text, HasSubstr("Basic Constraints: critical\n                CA:TRUE"));
  EXPECT_THAT(text, HasSubstr("Key Usage: critical\n                Certificate Sign, CRL Sign\n"));
  EXPECT_THAT(text, HasSubstr("Subject Key Identifier"));
  EXPECT_THAT(text, HasSubstr("Authority Key Identifier"));
  EXPECT_THAT(openssl("verify -x509_strict -check_ss_sig -CAfile " + path + " " + path), HasSubstr("OK\nexit 0"));
}

TEST_F(X509Test, ValidityUsesUtcTimeUpTo2049AndGeneralizedTimeAfter) {
  const auto path = file("ca.pem", certificate_pem(ca.get()));
  const auto asn1 = openssl("asn1parse -in " + path);
  EXPECT_THAT(asn1, HasSubstr("UTCTIME           :260101000000Z"));
  EXPECT_THAT(asn1, HasSubstr("GENERALIZEDTIME   :20500101000000Z"));
  auto r = request("CA", CertificateUsage::authority);
  r.validity.not_after = *parse_rfc3339("2049-12-31T23:59:59Z");
  const auto last = issue_certificate(crypto, r, ca_key.get(), nullptr, ca_key.get());
  EXPECT_THAT(openssl("asn1parse -in " + file("last.pem", certificate_pem(last.get()))),
              HasSubstr("UTCTIME           :491231235959Z"));
}

TEST_F(X509Test, ValidityIsReadToTheSecond) {
  const auto read = validity(ca.get());
  EXPECT_EQ(read.not_before, *parse_rfc3339("2026-01-01T00:00:00Z"));
  EXPECT_EQ(read.not_after, *parse_rfc3339("2050-01-01T00:00:00Z"));
}

TEST_F(X509Test, DeviceCertificateVerifiesForClientsOnly) {
  const auto key = generate_key(crypto, KeyKind::ec_p256);
  const auto device = issue_certificate(crypto, request("AWS IoT Certificate", CertificateUsage::client), key.get(),
                                        ca.get(), ca_key.get());
  const auto ca_path = file("ca.pem", certificate_pem(ca.get()));
  const auto path = file("device.pem", certificate_pem(device.get()));
  const auto text = openssl("x509 -in " + path + " -noout -text");
  EXPECT_THAT(text, HasSubstr("CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("TLS Web Client Authentication\n"));
  EXPECT_THAT(openssl("verify -x509_strict -purpose sslclient -CAfile " + ca_path + " " + path),
              HasSubstr("OK\nexit 0"));
  EXPECT_THAT(openssl("verify -purpose sslserver -CAfile " + ca_path + " " + path), Not(HasSubstr("exit 0")));
}

TEST_F(X509Test, ServerCertificateNamesItsHosts) {
  for (const auto kind : {KeyKind::ec_p256, KeyKind::rsa_2048}) {
    auto r = request("lab.test", CertificateUsage::server);
    r.dns_names = {"lab.test", "*.lab.test"};
    r.ip_addresses = {"127.0.0.1", "::1"};
    const auto key = generate_key(crypto, kind);
    const auto server = issue_certificate(crypto, r, key.get(), ca.get(), ca_key.get());
    const auto path = file("server.pem", certificate_pem(server.get()));
    const auto ca_path = file("ca.pem", certificate_pem(ca.get()));
    const auto verify = "verify -x509_strict -purpose sslserver -CAfile " + ca_path + " ";
    for (const auto* name :
         {"-verify_hostname lab.test ", "-verify_hostname a.lab.test ", "-verify_ip 127.0.0.1 ", "-verify_ip ::1 "})
      EXPECT_THAT(openssl(verify + name + path), HasSubstr("OK\nexit 0")) << name;
    EXPECT_THAT(openssl(verify + "-verify_hostname other.test " + path), Not(HasSubstr("exit 0")));
    EXPECT_THAT(openssl("x509 -in " + path + " -noout -text"),
                HasSubstr(kind == KeyKind::rsa_2048 ? "Digital Signature, Key Encipherment\n" : "Digital Signature\n"));
  }
}

TEST_F(X509Test, DerOnlyIssuingGivesTheSameCertificate) {
  for (const auto kind : {KeyKind::ec_p256, KeyKind::rsa_2048}) {
    const auto key = generate_key(crypto, kind);
    const auto der =
        issue_certificate_der(crypto, request("d", CertificateUsage::client), key.get(), ca.get(), ca_key.get());
    const auto path = file("device.pem", certificate_pem(der));
    EXPECT_THAT(openssl("verify -x509_strict -purpose sslclient -CAfile " + file("ca.pem", certificate_pem(ca.get())) +
                        " " + path),
                HasSubstr("OK\nexit 0"));
    EXPECT_EQ(openssl("x509 -noout -pubkey -in " + path),
              openssl("pkey -pubout -in " + file("key.pem", private_key_pem(key.get()))));
    const auto parsed = parse_certificate_der(crypto, der);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(key_matches(parsed->get(), key.get()));
  }
}

TEST_F(X509Test, SerialsArePositiveTwentyBytesAndDiffer) {
  const auto first = openssl("x509 -noout -serial -in " + file("a.pem", certificate_pem(ca.get())));
  const auto again =
      issue_certificate(crypto, request("CA", CertificateUsage::authority), ca_key.get(), nullptr, ca_key.get());
  const auto second = openssl("x509 -noout -serial -in " + file("b.pem", certificate_pem(again.get())));
  EXPECT_EQ(first.find('\n'), std::string("serial=").size() + 40) << first;
  EXPECT_NE(first, second);
}

TEST_F(X509Test, CertificateIdIsTheFingerprint) {
  auto fingerprint = openssl("x509 -noout -fingerprint -sha256 -in " + file("a.pem", certificate_pem(ca.get())));
  fingerprint = fingerprint.substr(fingerprint.find('=') + 1);
  std::string hex;
  for (const char c : fingerprint.substr(0, fingerprint.find('\n')))
    if (c != ':') hex += static_cast<char>(std::tolower(c));
  EXPECT_EQ(certificate_id(crypto, ca.get()).value(), hex);
  EXPECT_EQ(certificate_id(crypto, certificate_der(ca.get())).value(), hex);
}

TEST_F(X509Test, PrivateKeysHaveTheTraditionalForms) {
  const auto elliptic = private_key_pem(ca_key.get());
  EXPECT_THAT(elliptic, StartsWith("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_THAT(openssl("ec -noout -check -text -in " + file("ec.pem", elliptic)), HasSubstr("EC Key valid."));
  EXPECT_EQ(openssl("ec -in " + file("ec.pem", elliptic)), "read EC key\nwriting EC key\n" + elliptic + "exit 0\n");
  const auto key = generate_key(crypto, KeyKind::rsa_2048);
  const auto rsa = private_key_pem(key.get());
  EXPECT_THAT(rsa, StartsWith("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_THAT(openssl("rsa -noout -check -text -in " + file("rsa.pem", rsa)),
              HasSubstr("Private-Key: (2048 bit, 2 primes)"));
  EXPECT_EQ(openssl("pkey -pubout -in " + file("rsa.pem", rsa)), public_key_pem(key.get()) + "exit 0\n");
}

TEST_F(X509Test, WritesTheKeyOfRfc7515AsOthersDo) {
  const auto key = parse_private_key(crypto, vectors::kRsaPrivatePkcs1);
  ASSERT_TRUE(key);
  EXPECT_EQ(private_key_pem(key->get()), vectors::kRsaPrivatePkcs1);
  EXPECT_EQ(public_key_pem(key->get()), vectors::kRsaPublic);
  const auto pkcs8 = parse_private_key(crypto, vectors::kRsaPrivatePkcs8);
  ASSERT_TRUE(pkcs8);
  EXPECT_EQ(private_key_pem(pkcs8->get()), vectors::kRsaPrivatePkcs1);
}

TEST_F(X509Test, ReadsKeysThatOpensslMade) {
  const auto path = (folder_ / "k.pem").string();
  for (const auto* command :
       {"ecparam -genkey -name prime256v1", "ecparam -genkey -noout -name prime256v1",
        "genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "genpkey -quiet -algorithm RSA"}) {
    ASSERT_THAT(openssl(std::string(command) + " -out " + path), HasSubstr("exit 0"));
    std::ifstream in(path);
    const std::string pem((std::istreambuf_iterator<char>(in)), {});
    const auto key = parse_private_key(crypto, pem);
    ASSERT_TRUE(key) << command;
    EXPECT_EQ(public_key_pem(key->get()) + "exit 0\n", openssl("pkey -pubout -in " + path)) << command;
  }
}

TEST_F(X509Test, RefusesWhatIsNotAPrivateKey) {
  const auto good = private_key_pem(ca_key.get());
  const auto encrypted = openssl("ec -aes128 -passout pass:secret -in " + file("k.pem", good) + " 2>/dev/null");
  ASSERT_THAT(encrypted, HasSubstr("Proc-Type: 4,ENCRYPTED"));
  const auto pkcs8 = openssl("pkcs8 -topk8 -passout pass:secret -in " + file("k.pem", good));
  ASSERT_THAT(pkcs8, HasSubstr("ENCRYPTED PRIVATE KEY"));
  auto torn = good;
  torn.erase(60, 4);
  for (const auto& bad : {std::string(), std::string("x"), std::string(vectors::kRsaPublic), certificate_pem(ca.get()),
                          good.substr(0, good.size() / 2), torn, encrypted, pkcs8, std::string(100'000, 'A')}) {
    const auto key = parse_private_key(crypto, bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error(), Error(Errc::key_malformed));  // no detail: it could quote the key
  }
}

TEST_F(X509Test, PublicKeysAreSpkiOnly) {
  EXPECT_TRUE(parse_public_key(crypto, vectors::kRsaPublic));
  const auto pkcs1 = openssl("rsa -pubin -RSAPublicKey_out -in " + file("p.pem", vectors::kRsaPublic));
  ASSERT_THAT(pkcs1, HasSubstr("BEGIN RSA PUBLIC KEY"));
  for (const auto& bad : {std::string(), pkcs1, std::string(vectors::kRsaPrivatePkcs1), certificate_pem(ca.get()),
                          std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")})
    EXPECT_EQ(parse_public_key(crypto, bad).error().name(), "key-malformed") << bad;
}

TEST_F(X509Test, ReadsTheFirstCertificateOnly) {
  const auto pem = certificate_pem(ca.get());
  const auto text = "a remark\n" + private_key_pem(ca_key.get()) + pem + "-----BEGIN CERTIFICATE-----\nAAAA\n";
  const auto read = parse_certificate(crypto, text);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(certificate_pem(read->get()), pem);
}

TEST_F(X509Test, RefusesWhatIsNotACertificate) {
  const auto der = certificate_der(ca.get());
  for (const auto& bad : {std::string(), std::string("x"), private_key_pem(ca_key.get()),
                          std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")})
    EXPECT_EQ(parse_certificate(crypto, bad).error().name(), "certificate-malformed") << bad;
  for (std::size_t length = 0; length < der.size(); ++length)
    ASSERT_FALSE(parse_certificate_der(crypto, std::string(der, 0, length))) << length;
  EXPECT_FALSE(parse_certificate_der(crypto, der + "x"));
  EXPECT_FALSE(parse_certificate_der(crypto, std::string(100'000, '0')));
}

TEST_F(X509Test, IssuedByChecksNameAndSignature) {
  const auto key = generate_key(crypto, KeyKind::ec_p256);
  const auto device =
      issue_certificate(crypto, request("d", CertificateUsage::client), key.get(), ca.get(), ca_key.get());
  EXPECT_TRUE(issued_by(device.get(), ca.get()));
  EXPECT_TRUE(issued_by(ca.get(), ca.get()));
  EXPECT_FALSE(issued_by(ca.get(), device.get()));
  const auto other_key = generate_key(crypto, KeyKind::ec_p256);
  const auto namesake =
      issue_certificate(crypto, request("CA", CertificateUsage::authority), other_key.get(), nullptr, other_key.get());
  EXPECT_FALSE(issued_by(device.get(), namesake.get()));  // the right name, another key
  const auto same_key =
      issue_certificate(crypto, request("CB", CertificateUsage::authority), ca_key.get(), nullptr, ca_key.get());
  EXPECT_FALSE(issued_by(device.get(), same_key.get()));  // the right key, another name
}

TEST_F(X509Test, KeyMatches) {
  EXPECT_TRUE(key_matches(ca.get(), ca_key.get()));
  EXPECT_FALSE(key_matches(ca.get(), generate_key(crypto, KeyKind::ec_p256).get()));
  EXPECT_FALSE(key_matches(ca.get(), generate_key(crypto, KeyKind::rsa_2048).get()));
  EXPECT_FALSE(key_matches(ca.get(), nullptr));
}

TEST_F(X509Test, OurOwnMistakesThrow) {
  auto r = request("x", CertificateUsage::server);
  r.ip_addresses = {"not an address"};
  EXPECT_THROW(static_cast<void>(issue_certificate(crypto, r, ca_key.get(), nullptr, ca_key.get())),
               std::runtime_error);
  r.ip_addresses.clear();
  r.subject = {{"XX", "no such field"}};
  EXPECT_THROW(static_cast<void>(issue_certificate(crypto, r, ca_key.get(), nullptr, ca_key.get())),
               std::runtime_error);
}

}  // namespace
}  // namespace firstlight::wire
