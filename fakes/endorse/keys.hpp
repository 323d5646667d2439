// Endorse's signing keys and their public halves as they are published. Keys are made by start-up code or rotate(), and
// travel as PEM, because each shard loads them into its own library context.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "wire/http.hpp"

namespace firstlight::fakes::endorse {

struct SigningKey {
  KeyId id;
  Secret private_pem;
  std::string public_pem;  // SubjectPublicKeyInfo
};

/// `v1-<hex of the first 16 bytes of the SHA-256 of the SPKI>-x509.pem`. How SORACOM derives its own is not public.
[[nodiscard]] KeyId key_id_of(const CryptoContext& crypto, EVP_PKEY* key);

/// RSA-2048; takes 50 to 300 ms, so a lab that wants to be ready sooner calls it while other things start.
[[nodiscard]] SigningKey make_signing_key(const CryptoContext& crypto);
/// Errors: key-malformed (not a PEM private key, or not RSA).
[[nodiscard]] result<SigningKey> load_signing_key(const CryptoContext& crypto, const Secret& private_pem);

/// kid → public key, as the bucket of public keys publishes them. A handle: copies share the keys. Any thread may
/// call any member; the lock is held for a look-up only, and readers that cache ask version() first.
class PublishedKeys {
 public:
  PublishedKeys();
  void publish(const KeyId& id, std::string public_pem);
  void withdraw(const KeyId& id);
  [[nodiscard]] std::optional<std::string> find(std::string_view kid) const;
  /// Changes with every publish and withdraw.
  [[nodiscard]] std::uint64_t version() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// One shard's parsed copies of the published keys. Not thread-safe.
class KeyCache {
 public:
  KeyCache(const CryptoContext& crypto, PublishedKeys published);
  /// Null: no such key is published (any more), or it does not parse.
  [[nodiscard]] EVP_PKEY* find(const std::string& kid);

 private:
  const CryptoContext& crypto_;
  PublishedKeys published_;
  std::uint64_t version_;
  std::unordered_map<std::string, PkeyPtr> parsed_;
};

/// What the bucket answers (path-style S3): the PEM for `/soracom-public-keys/<kid>`, and AccessDenied for everything
/// else, as S3 answers where listing is not allowed (unverified, as is the content type).
[[nodiscard]] wire::HttpResponse key_store_reply(const wire::HttpRequest& request, const PublishedKeys& published);

}  // namespace firstlight::fakes::endorse
