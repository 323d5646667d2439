// The server's side of a TLS handshake. Made by fakes/ingress/, which carries it out with the certificates of
// fakes/pki/; edited by the effects in fault/effects/tls/.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "fault/effect.hpp"

namespace firstlight::fault {

/// What the server shows for its certificate: one of these, each with what only it needs.
namespace server_certificate {
struct Proper {
  friend auto operator<=>(const Proper&, const Proper&) = default;
};
struct Expired {
  Duration ago{0};
  friend auto operator<=>(const Expired&, const Expired&) = default;
};
struct NotYetValid {
  Duration in{0};  // valid only then
  friend auto operator<=>(const NotYetValid&, const NotYetValid&) = default;
};
struct WrongName {
  std::string name;
  friend auto operator<=>(const WrongName&, const WrongName&) = default;
};
struct UnknownAuthority {
  friend auto operator<=>(const UnknownAuthority&, const UnknownAuthority&) = default;
};
struct SelfSigned {
  friend auto operator<=>(const SelfSigned&, const SelfSigned&) = default;
};
struct Oversized {
  std::int64_t bytes = 0;  // of the chain, at least
  friend auto operator<=>(const Oversized&, const Oversized&) = default;
};
struct IncompleteChain {
  friend auto operator<=>(const IncompleteChain&, const IncompleteChain&) = default;
};
}  // namespace server_certificate

/// Comparable and ordered, so that it can be the key of what was made for it.
using ServerCertificate =
    std::variant<server_certificate::Proper, server_certificate::Expired, server_certificate::NotYetValid,
                 server_certificate::WrongName, server_certificate::UnknownAuthority, server_certificate::SelfSigned,
                 server_certificate::Oversized, server_certificate::IncompleteChain>;

struct TlsPlan {
  ServerCertificate certificate;
  std::optional<int> only_version;  // 0x0301 … 0x0304
  std::string cipher;               // the only one, by OpenSSL's name
  std::int64_t max_fragment = 0;    // bytes of plaintext per record; 0: the default
  std::optional<int> alert;         // sent instead of the ServerHello
  enum class Stall : std::uint8_t { none, server_hello, certificate } stall = Stall::none;
  friend bool operator==(const TlsPlan&, const TlsPlan&) = default;
};

namespace tls {
using Plan = TlsPlan;
}

}  // namespace firstlight::fault
