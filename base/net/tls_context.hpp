// Building SSL_CTX objects from bytes, one a shard and role. Session tickets are off (less CPU and memory on mTLS), and
// buffers are released when idle. Never reads the system's trust store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.hpp"
#include "base/error.hpp"

namespace firstlight {

/// Server side, TLS 1.2 and 1.3, with the certificate chain (leaf first) and key as PEM. Throws std::runtime_error for
/// material that OpenSSL refuses.
[[nodiscard]] SslCtxPtr make_server_context(const CryptoContext& crypto, std::string_view chain_pem,
                                            std::string_view key_pem);

/// Client side that trusts the given PEM authorities only (an empty text: verification will fail). Peer verification is
/// on; name checks are set per connection with require_peer_name. Errors: certificate-malformed.
[[nodiscard]] result<SslCtxPtr> make_client_context(const CryptoContext& crypto, std::string_view ca_pem);

/// Makes the handshake check the server's certificate for `name` (a DNS name, or an IP address against iPAddress SANs)
/// and sends SNI for DNS names.
void require_peer_name(SSL* ssl, const std::string& name);

}  // namespace firstlight
