#include "sim/openssl_verifier.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <string>

namespace firstlight::sim {

namespace {

/// What TLS libraries ask of a key at their usual level (OpenSSL's is 2): RSA-2048, P-224.
constexpr int kLeastSecurityBits = 112;

/// Found out now and not at every handshake, where it would look like a failure of the broker.
result<void> check_for_tls_client(X509* certificate, EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_security_bits(key);
  if (bits < kLeastSecurityBits) return Error(Errc::certificate_weak, std::to_string(bits) + " bits of security");
  if (X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) != 1) return Error(Errc::certificate_usage);
  return {};
}

}  // namespace

result<void> OpensslVerifier::verify_token(const wire::ParsedToken& token, std::string_view key_pem) {
  const auto at = keys_.find(token.key_id);
  if (at != keys_.end() && at->second.pem == key_pem)
    return wire::verify_signature(crypto_, token, at->second.key.get());
  auto key = wire::parse_public_key(crypto_, key_pem);
  if (!key) return key.error();
  if (EVP_PKEY_is_a(key->get(), "RSA") != 1) return Error(Errc::key_malformed, "not an RSA key");
  if (auto good = wire::verify_signature(crypto_, token, key->get()); !good) return good;
  if (keys_.size() >= kMaxKeys) keys_.clear();
  keys_.insert_or_assign(token.key_id, ProvenKey{std::string(key_pem), std::move(*key)});
  return {};
}

result<void> OpensslVerifier::verify_hmac(const wire::ParsedToken& token, std::string_view key_pem) {
  std::string sum(32, '\0');
  std::size_t size = 0;
  const auto secret = as_bytes(key_pem);
  const auto input = as_bytes(token.signing_input);
  if (EVP_Q_mac(crypto_.lib(), "HMAC", nullptr, "SHA256", nullptr, secret.data(), secret.size(), input.data(),
                input.size(), reinterpret_cast<unsigned char*>(sum.data()), sum.size(), &size) == nullptr)
    return Error(Errc::token_signature, take_openssl_error());
  if (sum != token.signature) return Error(Errc::token_signature);
  return {};
}

std::optional<std::string> OpensslVerifier::proven_key(const std::string& key_id) const {
  const auto at = keys_.find(key_id);
  if (at == keys_.end()) return std::nullopt;
  return at->second.pem;
}

result<wire::Validity> OpensslVerifier::check_identity(const DeviceConfig& config) {
  if (config.ca_certificate_pem != good_ca_) {
    if (auto ca = wire::parse_certificate(crypto_, config.ca_certificate_pem); !ca)
      return Error(ca.error().code, "ca_certificate_pem");
    good_ca_ = config.ca_certificate_pem;
  }
  auto certificate = wire::parse_certificate(crypto_, config.certificate_pem);
  if (!certificate) return Error(certificate.error().code, "certificate_pem");
  auto key = wire::parse_private_key(crypto_, config.private_key_pem.reveal());
  if (!key) return Error(key.error().code, "private_key_pem");
  if (!wire::key_matches(certificate->get(), key->get())) return Error(Errc::certificate_key_mismatch);
  if (auto fit = check_for_tls_client(certificate->get(), key->get()); !fit) return fit.error();
  const auto validity = wire::validity(certificate->get());
  if (parsed_.size() >= kMaxParsed) parsed_.pop_front();
  parsed_.push_back(Parsed{config.certificate_pem, config.private_key_pem.reveal(),
                           Identity{std::move(*certificate), std::move(*key)}});
  return validity;
}

result<Identity> OpensslVerifier::take_identity(const std::string& certificate_pem, const std::string& key_pem) {
  const auto at = std::find_if(parsed_.rbegin(), parsed_.rend(), [&](const Parsed& p) {
    return p.certificate_pem == certificate_pem && p.key_pem == key_pem;
  });
  if (at != parsed_.rend()) {
    auto found = std::move(at->identity);
    parsed_.erase(std::next(at).base());
    return found;
  }
  auto certificate = wire::parse_certificate(crypto_, certificate_pem);
  if (!certificate) return certificate.error();
  auto key = wire::parse_private_key(crypto_, key_pem);
  if (!key) return key.error();
  return Identity{std::move(*certificate), std::move(*key)};
}

}  // namespace firstlight::sim
