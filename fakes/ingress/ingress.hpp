// The ingress of a server: consults the points `link` and `tls` for every connection that the acceptor hands over,
// carries out what they say, and gives the server a socket and an SSL object. Owned by each TLS server of the lab;
// without a rule it only makes the SSL object.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/net/acceptor.hpp"
#include "base/net/tls_stream.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/ingress/proofs.hpp"
#include "fakes/ingress/shaper.hpp"
#include "fakes/pki/server_identities.hpp"
#include "fault/plans/link.hpp"
#include "fault/plans/tls.hpp"

namespace firstlight::fakes {

/// One connection that was let in.
class Admission {
 public:
  boost::asio::ip::tcp::socket socket;
  SslPtr ssl;  // in accept state

  /// Call when the handshake has ended, however. False: a fault has ended the connection.
  [[nodiscard]] bool handshake_ended(TlsStream& stream, bool completed);

 private:
  friend class Ingress;
  explicit Admission(boost::asio::ip::tcp::socket s) : socket(std::move(s)) {}
  void prove_tls(TlsStream& stream, bool completed);
  std::shared_ptr<Proofs<fault::LinkPlan>> link_;  // null, and the next: no rule was asked for
  std::shared_ptr<Proofs<fault::TlsPlan>> tls_;
  bool reset_after_tls_ = false;
  bool ends_at_hello_ = false;  // nothing of the lab's passes after its ServerHello
  std::shared_ptr<Shaper> shaper_;
};

class Ingress {
 public:
  struct Points {
    fault::Point link;
    fault::Point tls;
  };
  /// `contexts`: the proper SSL_CTX of each shard, by index. `configure`, if any, is applied to every other one that a
  /// fault needs (client certificates, ALPN).
  /// `points`: nothing for a service without faults.
  Ingress(const LabContext& lab, journal::Source source, std::optional<Points> points, std::vector<SSL_CTX*> contexts,
          std::function<void(SSL_CTX*, Shard&)> configure = {});

  /// Where a shard's own context comes later than the ingress; on that shard, before its first connection.
  void set_proper(unsigned shard, SSL_CTX* context) { shards_[shard].proper = context; }

  /// On the connection's shard. Nothing: a fault has taken the connection.
  [[nodiscard]] std::unique_ptr<Admission> admit(Shard& shard, Accepted accepted, std::uint32_t camera);

 private:
  struct Other {
    SslCtxPtr context;
    WallTime made;  // by the lab's clock
  };
  struct PerShard {
    SSL_CTX* proper = nullptr;
    fault::AttemptCounter attempts;
    std::map<fault::ServerCertificate, Other> others;
  };
  /// What the rules make of one connection.
  struct Broken {
    fault::LinkPlan link;
    fault::TlsPlan tls;
    std::uint32_t camera = 0;
  };
  [[nodiscard]] SSL_CTX* context(Shard& shard, const fault::TlsPlan& plan);
  [[nodiscard]] SslPtr make_ssl(Shard& shard, const fault::TlsPlan& plan);
  [[nodiscard]] Broken consult(Shard& shard, Admission& admission, const std::string& peer, std::uint32_t camera);
  [[nodiscard]] bool take(Shard& shard, Admission& admission, const Broken& broken);
  [[nodiscard]] bool shape(Shard& shard, Admission& admission, const Broken& broken);

  LabContext lab_;
  journal::Source source_;
  std::optional<Points> points_;
  std::vector<PerShard> shards_;
  std::function<void(SSL_CTX*, Shard&)> configure_;
};

}  // namespace firstlight::fakes
