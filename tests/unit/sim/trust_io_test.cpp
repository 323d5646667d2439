// Which servers a camera trusts, over real sockets on loopback: chain, name and validity at the camera's own clock.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sim/driver_io.hpp"
#include "world.hpp"

namespace firstlight::sim {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Authority {
  explicit Authority(const CryptoContext& crypto, const std::string& name)
      : key(wire::generate_key(crypto, wire::KeyKind::ec_p256)) {
    wire::CertificateRequest request;
    request.subject = {{"CN", name}};
    request.usage = wire::CertificateUsage::authority;
    request.validity = {kToday - 24h, kToday + 240h};
    certificate = wire::issue_certificate(crypto, request, key.get(), nullptr, key.get());
  }
  [[nodiscard]] std::string pem() const { return wire::certificate_pem(certificate.get()); }
  PkeyPtr key;
  X509Ptr certificate;
};

asio::awaitable<void> serve_one(tcp::acceptor& acceptor, SSL_CTX* context) {
  boost::system::error_code ec;
  auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return;
  SslPtr ssl(SSL_new(context));
  SSL_set_accept_state(ssl.get());
  TlsStream stream(std::move(socket), std::move(ssl));
  stream.expires_after(5s, Errc::tls_handshake_timeout);
  const auto shaken = co_await stream.handshake();
  std::array<char, 16> buffer{};
  if (shaken) (void)co_await stream.read_some(buffer);  // until the client has closed
}

asio::awaitable<void> connect_one(std::shared_ptr<ShardShare> share, Route route, std::string& outcome) {
  Timing timing;
  const auto opening = std::make_shared<Opening>();
  const auto stream = co_await open_stream(share, std::move(route), timing, opening);
  outcome = stream ? "trusted" : std::string(stream.error().name());
  if (stream) (*stream)->close();
}

class Trust : public testing::Test {
 protected:
  std::string outcome_for(const std::string& ca_pem, const std::string& host, WallTime clock,
                          bool with_issuer_key_id = true) {
    wire::CertificateRequest request;
    request.subject = {{"CN", "server"}};
    request.usage = wire::CertificateUsage::server;
    request.validity = {kToday - 1h, kToday + 24h};
    request.ip_addresses = {"127.0.0.1"};
    request.dns_names = {"broker.example"};
    const auto key = wire::generate_key(shard.crypto(), wire::KeyKind::ec_p256);
    const auto certificate =
        wire::issue_certificate(shard.crypto(), request, key.get(), authority.certificate.get(), authority.key.get());
    if (!with_issuer_key_id) {
      const int at = X509_get_ext_by_NID(certificate.get(), NID_authority_key_identifier, -1);
      X509_EXTENSION_free(X509_delete_ext(certificate.get(), at));
      EXPECT_NE(X509_sign(certificate.get(), authority.key.get(), shard.crypto().sha256()), 0);
    }
    const auto context =
        make_server_context(shard.crypto(), wire::certificate_pem(certificate.get()), wire::private_key_pem(key.get()));
    tcp::acceptor acceptor(shard.io(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    Route route;
    route.host = host;
    route.port = acceptor.local_endpoint().port();
    route.path.source = asio::ip::make_address("127.9.9.9");
    route.ca_pem = ca_pem;
    route.clock = clock;
    const std::map<std::string, asio::ip::address> hosts = {{"broker.example", asio::ip::address_v4::loopback()},
                                                            {"other.example", asio::ip::address_v4::loopback()}};
    const auto share = std::make_shared<ShardShare>(shard, journal->lane(), journal->epoch(),
                                                    std::make_shared<const CameraConfig>(config), hosts, nullptr, true);
    std::string outcome;
    asio::co_spawn(shard.io(), serve_one(acceptor, context.get()), asio::detached);
    asio::co_spawn(shard.io(), connect_one(share, std::move(route), outcome), asio::detached);
    while (outcome.empty()) shard.io().run_one();
    while (shard.io().poll_one() != 0) {
    }
    return outcome;
  }

  CameraConfig config;
  Shard shard{0, "trust"};  // never started: this thread runs its io_context
  std::unique_ptr<journal::Journal> journal = journal::Journal::open("", {}, nullptr).value();
  Authority authority{shard.crypto(), "ca"};
};

TEST_F(Trust, TheRightServer) {
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", kToday), "trusted");
  EXPECT_EQ(outcome_for(authority.pem(), "broker.example", kToday), "trusted");
}

TEST_F(Trust, AnotherAuthority) {
  const Authority other(shard.crypto(), "somebody else");
  EXPECT_EQ(outcome_for(other.pem(), "127.0.0.1", kToday), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for("", "127.0.0.1", kToday), "tls-peer-untrusted");
}

// Without a key id OpenSSL takes the namesake for the issuer and tries its key: it queues the failed signature before
// its verdict, and only the verdict counts.
TEST_F(Trust, AnotherAuthorityOfTheSameName) {
  const Authority namesake(shard.crypto(), "ca");
  EXPECT_EQ(outcome_for(namesake.pem(), "127.0.0.1", kToday, true), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for(namesake.pem(), "127.0.0.1", kToday, false), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", kToday, false), "trusted");
}

TEST_F(Trust, AnotherName) {
  EXPECT_EQ(outcome_for(authority.pem(), "other.example", kToday), "tls-peer-untrusted");
}

// Each defect lets one thing through; everything else is refused.
TEST_F(Trust, WithoutTheNameCheck) {
  config.defects = Defect::no_server_name_check;
  EXPECT_EQ(outcome_for(authority.pem(), "other.example", kToday), "trusted");
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", kToday), "trusted");
  EXPECT_EQ(outcome_for(authority.pem(), "other.example", kToday + 25h), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for(Authority(shard.crypto(), "x").pem(), "other.example", kToday), "tls-peer-untrusted");
}

TEST_F(Trust, WithoutTheTimeCheck) {
  config.defects = Defect::ignore_server_expiry;
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", kToday + 25h), "trusted");
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", from_unix_seconds(0)), "trusted");
  EXPECT_EQ(outcome_for(authority.pem(), "other.example", kToday), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for(Authority(shard.crypto(), "x").pem(), "127.0.0.1", kToday), "tls-peer-untrusted");
}

TEST_F(Trust, WithoutAnyCheck) {
  config.defects = Defect::no_chain_check;
  EXPECT_EQ(outcome_for(Authority(shard.crypto(), "x").pem(), "127.0.0.1", kToday), "trusted");
  EXPECT_EQ(outcome_for("", "other.example", kToday + 25h), "trusted");
}

TEST_F(Trust, TheCamerasOwnClockDecides) {
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", kToday + 25h), "tls-peer-untrusted");
  EXPECT_EQ(outcome_for(authority.pem(), "127.0.0.1", from_unix_seconds(0)), "tls-peer-untrusted");
}

}  // namespace
}  // namespace firstlight::sim
