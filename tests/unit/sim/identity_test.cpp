// What a camera makes of the certificate and key that it was given, with real ones.
#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include "sim/openssl_verifier.hpp"

namespace firstlight::sim {
namespace {

using namespace std::chrono_literals;

struct Given {
  CryptoContext crypto;
  OpensslVerifier verifier{crypto};
  PkeyPtr authority_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  X509Ptr authority = issue(wire::CertificateUsage::authority, authority_key.get(), nullptr);

  X509Ptr issue(wire::CertificateUsage usage, EVP_PKEY* key, X509* issuer) {
    wire::CertificateRequest request;
    request.subject = {{"CN", "somebody"}};
    request.usage = usage;
    request.validity = {from_unix_seconds(1'700'000'000), from_unix_seconds(1'800'000'000)};
    return wire::issue_certificate(crypto, request, key, issuer, authority_key.get());
  }
  result<wire::Validity> check(EVP_PKEY* key, wire::CertificateUsage usage = wire::CertificateUsage::client) {
    DeviceConfig config;
    config.ca_certificate_pem = wire::certificate_pem(authority.get());
    config.certificate_pem = wire::certificate_pem(issue(usage, key, authority.get()).get());
    config.private_key_pem = Secret(wire::private_key_pem(key));
    return verifier.check_identity(config);
  }
  PkeyPtr rsa(std::size_t bits) {
    PkeyPtr key(EVP_PKEY_Q_keygen(crypto.lib(), nullptr, "RSA", bits));
    EXPECT_TRUE(key);
    return key;
  }
};

TEST(GivenIdentity, KeysThatTlsTakesAreGood) {
  Given given;
  const auto ec = given.check(wire::generate_key(given.crypto, wire::KeyKind::ec_p256).get());
  ASSERT_TRUE(ec) << ec.error().text();
  EXPECT_EQ(ec->not_after, from_unix_seconds(1'800'000'000));
  const auto rsa = given.check(given.rsa(2048).get());
  EXPECT_TRUE(rsa) << rsa.error().text();
}

TEST(GivenIdentity, AWeakKeyIsFoundOutBeforeTheHandshake) {
  Given given;
  const auto checked = given.check(given.rsa(1024).get());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::certificate_weak);
  EXPECT_EQ(checked.error().detail, "80 bits of security");
}

TEST(GivenIdentity, AServersCertificateIsNoClients) {
  Given given;
  const auto key = wire::generate_key(given.crypto, wire::KeyKind::ec_p256);
  const auto checked = given.check(key.get(), wire::CertificateUsage::server);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::certificate_usage);
}

}  // namespace
}  // namespace firstlight::sim
