#include "fakes/endorse/keys.hpp"

#include <atomic>
#include <mutex>

#include "wire/jws.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::endorse {

namespace {

std::string spki_der(EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const int length = i2d_PUBKEY(key, &raw);
  if (length <= 0) throw std::runtime_error("OpenSSL: no public key: " + take_openssl_error());
  std::string der(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  OPENSSL_free(raw);
  return der;
}

SigningKey as_pem(const CryptoContext& crypto, EVP_PKEY* key) {
  return {key_id_of(crypto, key), Secret(wire::private_key_pem(key)), wire::public_key_pem(key)};
}

}  // namespace

KeyId key_id_of(const CryptoContext& crypto, EVP_PKEY* key) {
  const auto digest = sha256(crypto, as_bytes(spki_der(key)));
  return KeyId("v1-" + hex_lower(std::span(digest).first<16>()) + "-x509.pem");
}

SigningKey make_signing_key(const CryptoContext& crypto) {
  const auto key = wire::generate_key(crypto, wire::KeyKind::rsa_2048);
  return as_pem(crypto, key.get());
}

result<SigningKey> load_signing_key(const CryptoContext& crypto, const Secret& private_pem) {
  const auto key = wire::parse_private_key(crypto, private_pem.reveal());
  if (!key) return key.error();
  if (EVP_PKEY_is_a(key->get(), "RSA") != 1) return Error(Errc::key_malformed, "not an RSA key");
  return as_pem(crypto, key->get());
}

struct PublishedKeys::State {
  mutable std::mutex mutex;
  std::unordered_map<std::string, std::string> pem_by_kid;
  std::atomic<std::uint64_t> version{1};
};

PublishedKeys::PublishedKeys() : state_(std::make_shared<State>()) {}

void PublishedKeys::publish(const KeyId& id, std::string public_pem) {
  const std::lock_guard lock(state_->mutex);
  state_->pem_by_kid.insert_or_assign(id.value(), std::move(public_pem));
  ++state_->version;
}

void PublishedKeys::withdraw(const KeyId& id) {
  const std::lock_guard lock(state_->mutex);
  state_->pem_by_kid.erase(id.value());
  ++state_->version;
}

std::optional<std::string> PublishedKeys::find(std::string_view kid) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->pem_by_kid.find(std::string(kid));
  if (found == state_->pem_by_kid.end()) return {};
  return found->second;
}

std::uint64_t PublishedKeys::version() const {
  return state_->version;
}

KeyCache::KeyCache(const CryptoContext& crypto, PublishedKeys published)
    : crypto_(crypto), published_(std::move(published)), version_(published_.version()) {}

EVP_PKEY* KeyCache::find(const std::string& kid) {
  if (const auto now = published_.version(); now != version_) {
    parsed_.clear();
    version_ = now;
  }
  if (const auto cached = parsed_.find(kid); cached != parsed_.end()) return cached->second.get();
  const auto pem = published_.find(kid);
  if (!pem) return nullptr;
  auto key = wire::parse_public_key(crypto_, *pem);
  if (!key) return nullptr;
  return parsed_.emplace(kid, std::move(*key)).first->second.get();
}

namespace {

wire::HttpResponse s3_error(unsigned status, std::string_view code, std::string_view message) {
  wire::HttpResponse response;
  response.status = status;
  response.content_type = "application/xml";
  response.body.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>").append(code);
  response.body.append("</Code><Message>").append(message).append("</Message></Error>");
  return response;
}

}  // namespace

wire::HttpResponse key_store_reply(const wire::HttpRequest& request, const PublishedKeys& published) {
  static constexpr std::string_view kPrefix = "/soracom-public-keys/";
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = s3_error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const auto path = request.path();
  const bool in_bucket = path.substr(0, kPrefix.size()) == kPrefix;
  auto pem = in_bucket ? published.find(path.substr(kPrefix.size())) : std::nullopt;
  if (!pem) return s3_error(403, "AccessDenied", "Access Denied");
  wire::HttpResponse response;
  response.content_type = "binary/octet-stream";
  response.body = std::move(*pem);
  return response;
}

}  // namespace firstlight::fakes::endorse
