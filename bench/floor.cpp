// What must one camera's provisioning cost at the least? The cryptography of the path done through OpenSSL with no
// harness at all: two HTTPS handshakes, one mutual-TLS handshake, an RS256 signature and two verifications, a key pair
// and a certificate.
// `--floor` prints the sum as JSON instead of the single benchmarks; bench/camera_cpu.py holds a whole run against it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/rsa.h>

#include <chrono>
#include <cstring>
#include <ctime>

#include "base/net/tls_context.hpp"
#include "wire/jws.hpp"
#include "wire/x509.hpp"

using namespace firstlight;

namespace {

struct World {
  CryptoContext crypto;
  PkeyPtr ca_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  wire::Validity valid = [] {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return wire::Validity{now - std::chrono::hours(1), now + std::chrono::days(30)};
  }();
  X509Ptr ca = wire::issue_certificate(crypto, {{{"CN", "Floor CA"}}, wire::CertificateUsage::authority, valid, {}, {}},
                                       ca_key.get(), nullptr, ca_key.get());
  PkeyPtr server_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  X509Ptr server = wire::issue_certificate(
      crypto, {{{"CN", "localhost"}}, wire::CertificateUsage::server, valid, {"localhost"}, {"127.0.0.1"}},
      server_key.get(), ca.get(), ca_key.get());
  PkeyPtr client_key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
  X509Ptr client =
      wire::issue_certificate(crypto, {{{"CN", "AWS IoT Certificate"}}, wire::CertificateUsage::client, valid, {}, {}},
                              client_key.get(), ca.get(), ca_key.get());
  PkeyPtr token_key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
  SslCtxPtr server_ctx =
      make_server_context(crypto, wire::certificate_pem(server.get()), wire::private_key_pem(server_key.get()));
  SslCtxPtr mutual_ctx =
      make_server_context(crypto, wire::certificate_pem(server.get()), wire::private_key_pem(server_key.get()));
  SslCtxPtr client_ctx = make_client_context(crypto, wire::certificate_pem(ca.get())).value();
  std::string token;

  World() {
    SSL_CTX_set_verify(mutual_ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(mutual_ctx.get()), ca.get());
    wire::TokenClaims claims;
    claims.token_id = "0123456789012345678901";
    claims.expires_at = 4'000'000'000;
    claims.endorse.imsi = Imsi("440100000000001");
    token = sign(claims);
  }
  std::string sign(const wire::TokenClaims& claims) {
    return wire::sign_token(crypto, wire::format_token_header(KeyId("v1-00000000000000000000000000000000-x509.pem")),
                            wire::format_token_claims(claims), token_key.get());
  }
  std::string sign() {
    wire::TokenClaims claims;
    claims.token_id = "0123456789012345678901";
    claims.endorse.imsi = Imsi("440100000000001");
    return sign(claims);
  }
  void verify() {
    const auto parsed = wire::parse_token(token).value();
    wire::verify_signature(crypto, parsed, token_key.get()).value();
  }
  void issue() {
    const auto key = wire::generate_key(crypto, wire::KeyKind::ec_p256);
    const auto certificate = wire::issue_certificate(
        crypto, {{{"CN", "AWS IoT Certificate"}}, wire::CertificateUsage::client, valid, {}, {}}, key.get(), ca.get(),
        ca_key.get());
    benchmark::DoNotOptimize(wire::certificate_id(crypto, certificate.get()));
  }
  /// A full TLS 1.3 handshake, both sides, over memory.
  void handshake(bool mutual) {
    const SslPtr c(SSL_new(client_ctx.get())), s(SSL_new(mutual ? mutual_ctx.get() : server_ctx.get()));
    BIO *near = nullptr, *far = nullptr;
    BIO_new_bio_pair(&near, 0, &far, 0);
    SSL_set_bio(c.get(), near, near);
    SSL_set_bio(s.get(), far, far);
    SSL_set_connect_state(c.get());
    SSL_set_accept_state(s.get());
    require_peer_name(c.get(), "localhost");
    if (mutual) {
      SSL_use_certificate(c.get(), client.get());
      SSL_use_PrivateKey(c.get(), client_key.get());
    }
    for (int i = 0; i < 10; ++i) {
      const int a = SSL_do_handshake(c.get()), b = SSL_do_handshake(s.get());
      if (a == 1 && b == 1) return;
    }
    throw std::runtime_error("the handshake does not finish: " + take_openssl_error());
  }
};

World& world() {
  static World w;
  return w;
}

void rsa_sign(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(world().sign());
}
void rsa_verify(benchmark::State& state) {
  for (auto _ : state) world().verify();
}
void tls_handshake(benchmark::State& state) {
  for (auto _ : state) world().handshake(false);
}
void mutual_tls_handshake(benchmark::State& state) {
  for (auto _ : state) world().handshake(true);
}
void key_and_certificate(benchmark::State& state) {
  for (auto _ : state) world().issue();
}
BENCHMARK(rsa_sign)->Unit(benchmark::kMicrosecond);
BENCHMARK(rsa_verify)->Unit(benchmark::kMicrosecond);
BENCHMARK(tls_handshake)->Unit(benchmark::kMicrosecond);
BENCHMARK(mutual_tls_handshake)->Unit(benchmark::kMicrosecond);
BENCHMARK(key_and_certificate)->Unit(benchmark::kMicrosecond);

double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

int print_floor(int cameras) {
  world().handshake(true);  // warm
  const double before = cpu_seconds();
  for (int i = 0; i < cameras; ++i) {
    world().handshake(false);
    benchmark::DoNotOptimize(world().sign());
    world().verify();
    world().handshake(false);
    world().verify();
    world().issue();
    world().handshake(true);
  }
  fmt::print("{{\"cameras\": {}, \"cpu_ms_per_camera\": {:.4f}}}\n", cameras,
             (cpu_seconds() - before) * 1000 / cameras);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CryptoContext::forbid_default();
  if (argc >= 2 && std::strcmp(argv[1], "--floor") == 0) return print_floor(argc > 2 ? std::atoi(argv[2]) : 300);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
