// The server certificates of the lab: the proper one, and what the faults at `tls` put in its place. Owned by the lab,
// shared by all servers; every call makes new material in the caller's library context.
#pragma once

#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/time.hpp"
#include "fakes/pki/authority.hpp"
#include "fault/plans/tls.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes {

class ServerIdentities {
 public:
  ServerIdentities(iot::AuthorityPem authority, std::vector<std::string> dns_names,
                   std::vector<std::string> ip_addresses, const WallClock& clock)
      : authority_(std::move(authority)),
        dns_names_(std::move(dns_names)),
        ip_addresses_(std::move(ip_addresses)),
        clock_(clock) {}

  [[nodiscard]] wire::IdentityPem proper(const CryptoContext& crypto) const;
  /// As the plan's certificate says, at the lab's time now. Throws std::runtime_error when OpenSSL refuses.
  [[nodiscard]] wire::IdentityPem make(const CryptoContext& crypto, const fault::ServerCertificate& plan) const;
  /// Whether what was made so long ago (negative: the clock went back) is still what the plan says.
  [[nodiscard]] static bool still_says(const fault::ServerCertificate& plan, std::chrono::milliseconds age);

 private:
  iot::AuthorityPem authority_;
  std::vector<std::string> dns_names_;
  std::vector<std::string> ip_addresses_;
  const WallClock& clock_;
};

}  // namespace firstlight::fakes
