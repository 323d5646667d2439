#include "base/net/tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

namespace firstlight {

namespace {

BioPtr read_only(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Ptr next_certificate(const CryptoContext& crypto, BIO* bio) {
  X509* raw = X509_new_ex(crypto.lib(), nullptr);
  if (PEM_read_bio_X509(bio, &raw, nullptr, nullptr) == nullptr) {
    X509_free(raw);  // PEM_read_bio_X509 leaves the object alone when there is nothing to read
    return nullptr;
  }
  return X509Ptr(raw);
}

void common_settings(SSL_CTX* ctx) {
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
}

}  // namespace

SslCtxPtr make_server_context(const CryptoContext& crypto, std::string_view chain_pem, std::string_view key_pem) {
  SslCtxPtr ctx(SSL_CTX_new_ex(crypto.lib(), nullptr, TLS_server_method()));
  if (!ctx) throw std::runtime_error("OpenSSL: no server context: " + take_openssl_error());
  common_settings(ctx.get());
  SSL_CTX_set_num_tickets(ctx.get(), 0);
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_TICKET);
  const auto bio = read_only(chain_pem);
  auto leaf = next_certificate(crypto, bio.get());
  if (!leaf || SSL_CTX_use_certificate(ctx.get(), leaf.get()) != 1)
    throw std::runtime_error("server certificate refused: " + take_openssl_error());
  while (auto next = next_certificate(crypto, bio.get())) SSL_CTX_add0_chain_cert(ctx.get(), next.release());
  const auto key_bio = read_only(key_pem);
  const PkeyPtr key(PEM_read_bio_PrivateKey_ex(key_bio.get(), nullptr, nullptr, nullptr, crypto.lib(), nullptr));
  if (!key || SSL_CTX_use_PrivateKey(ctx.get(), key.get()) != 1 || SSL_CTX_check_private_key(ctx.get()) != 1)
    throw std::runtime_error("server key refused: " + take_openssl_error());
  (void)take_openssl_error();
  return ctx;
}

result<SslCtxPtr> make_client_context(const CryptoContext& crypto, std::string_view ca_pem) {
  SslCtxPtr ctx(SSL_CTX_new_ex(crypto.lib(), nullptr, TLS_client_method()));
  if (!ctx) throw std::runtime_error("OpenSSL: no client context: " + take_openssl_error());
  common_settings(ctx.get());
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, nullptr);
  X509_STORE* store = SSL_CTX_get_cert_store(ctx.get());
  const auto bio = read_only(ca_pem);
  int count = 0;
  while (const auto ca = next_certificate(crypto, bio.get())) {
    X509_STORE_add_cert(store, ca.get());
    ++count;
  }
  (void)take_openssl_error();
  if (count == 0 && !ca_pem.empty()) return Error(Errc::certificate_malformed, "no certificate in the trust anchors");
  return ctx;
}

void require_peer_name(SSL* ssl, const std::string& name) {
  std::array<unsigned char, 16> ip{};
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  if (inet_pton(AF_INET, name.c_str(), ip.data()) == 1 || inet_pton(AF_INET6, name.c_str(), ip.data()) == 1) {
    X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str());
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(param, name.c_str(), name.size());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

}  // namespace firstlight
