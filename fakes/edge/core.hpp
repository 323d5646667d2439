// What the edge's connections share: the configuration, and one EdgeShard a shard with everything that only that
// shard's thread touches. Owned jointly by Edge and its sessions, so it lives as long as any of them; shards reach each
// other by posting, never by a lock.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/crypto.hpp"
#include "fakes/edge/client_ids.hpp"
#include "fakes/edge/edge.hpp"
#include "fakes/edge/expiry.hpp"
#include "fakes/ingress/ingress.hpp"

namespace firstlight::fakes::edge {

class Session;

/// Bounds the CONNECTs that Mosquitto has not answered. Tickets are kept weakly: a waiting coroutine may be destroyed.
class Gate {
 public:
  struct Ticket {
    boost::asio::steady_timer& wake;  // the session's, cancelled when the place is its own
    bool called = false;
  };
  explicit Gate(unsigned places) : free_(places) {}
  [[nodiscard]] bool try_enter() {
    if (free_ == 0) return false;
    --free_;
    return true;
  }
  void wait(std::weak_ptr<Ticket> ticket) { waiting_.push_back(std::move(ticket)); }
  /// Gives the place to the first who still waits. Not for destructors: teardown leaves timers unusable.
  void leave() {
    while (!waiting_.empty()) {
      const auto next = waiting_.front().lock();
      waiting_.pop_front();
      if (!next) continue;
      next->called = true;
      next->wake.cancel();
      return;
    }
    ++free_;
  }

 private:
  unsigned free_;
  std::deque<std::weak_ptr<Ticket>> waiting_;
};

struct TlsMaterial {
  SslCtxPtr context;  // its verification asks Session::judge
  X509Ptr authority;  // the devices'
};
/// Throws std::runtime_error for material that OpenSSL refuses.
[[nodiscard]] TlsMaterial load_tls(const CryptoContext& crypto, const EdgeConfig& config);
/// What every SSL_CTX of the edge has: the devices' certificates are asked for and judged, ALPN is answered.
void configure_tls(SSL_CTX* context, const EdgeConfig& config);

struct EdgeShard {
  EdgeShard(Shard& s, iot::Replica& r, unsigned places) : shard(s), replica(r), gate(places) {}

  Shard& shard;
  iot::Replica& replica;
  TlsMaterial tls;  // made on the shard's thread, before its first connection
  ClientIds client_ids;
  Gate gate;
  fault::AttemptCounter attempts;
  Expiries expiries;
  std::uint64_t next_session = 1;
  std::unordered_map<std::uint64_t, Session*> sessions;
  std::unordered_multimap<CertificateId, Session*> by_certificate;
  std::unordered_multimap<std::uint32_t, Session*> by_camera;  // of the scenario's cameras only
  std::vector<char> scratch = std::vector<char>(16 * 1024);    // for one read; used up before the next suspension
};

struct Core {
  Core(LabContext& l, EdgeConfig c, iot::Registry& r) : lab(l), config(std::move(c)), registry(r) {}
  LabContext lab;
  EdgeConfig config;
  iot::Registry& registry;
  std::vector<std::unique_ptr<EdgeShard>> shards;  // by index
  std::unique_ptr<Ingress> ingress;
};
using CorePtr = std::shared_ptr<Core>;

/// A connected non-blocking Unix socket. Errors: broker-unreachable; `retry` when the backlog is full (EAGAIN).
struct UnixConnect {
  int fd = -1;
  bool retry = false;
  std::string detail;
};
[[nodiscard]] UnixConnect connect_unix(const std::string& path);

}  // namespace firstlight::fakes::edge
